/** What this browser keeps of a wallet's signed heads, so that a later answer can be held against an earlier one. */

export interface Kept {
  readonly fingerprint: string;
  readonly day: string;
  readonly seq: number;
  readonly hash: string;
}

const keyOf = (wallet: string) => `airtime.head.${wallet}`;

export function keptOf(wallet: string): Kept | undefined {
  try {
    return JSON.parse(localStorage.getItem(keyOf(wallet)) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

export function keep(wallet: string, head: Kept): void {
  localStorage.setItem(keyOf(wallet), JSON.stringify(head));
}
