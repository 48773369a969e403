import type { Head } from '../../../../sdk/typescript/src/api.ts';
import { sha256 } from './chain.ts';

/** Signed heads, checked here as docs/ledger-heads.md says, with nothing but the public key. */

export type { Head } from '../../../../sdk/typescript/src/api.ts';

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

export interface CheckedHead {
  readonly day: string;
  readonly seq: number;
  readonly hash: string;
  /** It has this wallet's entry, and is signed by the key. */
  readonly isSigned: boolean;
  /** It names the head before; undefined where that one is not here. */
  readonly follows: boolean | undefined;
}

export async function checkHeads(wallet: string, publicKey: string, heads: readonly Head[]): Promise<CheckedHead[]> {
  const key = await keyOf(publicKey);
  return Promise.all(
    heads.map(async (head, at) => {
      const [name, seq, hash = ''] = head.leaf.split(' ');
      const before = heads[at - 1];
      return {
        day: head.day,
        seq: Number(seq),
        hash,
        // What cannot even be read is not signed.
        isSigned: name === wallet && (await isSigned(head, key).catch(() => false)),
        follows: before && (await isAfter(head, before)),
      };
    }),
  );
}

async function isSigned({ leaf, steps, head, signature }: Head, key: Key): Promise<boolean> {
  let root = await sha256(`leaf ${leaf}`);
  for (const { side, hash } of steps) {
    root = await sha256(side === 'left' ? `node ${hash} ${root}` : `node ${root} ${hash}`);
  }
  const raw = rawSignature(bytesOf(signature));
  if (!raw || (JSON.parse(head) as { root?: unknown }).root !== root) return false;
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, raw, new TextEncoder().encode(head));
}

/** Undefined where days are between them that are not here. */
async function isAfter(later: Head, earlier: Head): Promise<boolean | undefined> {
  const { previous } = JSON.parse(later.head) as { previous?: { day?: unknown; hash?: unknown } | null };
  if (previous?.day !== earlier.day) return undefined;
  return previous.hash === (await sha256(earlier.head));
}

function keyOf(pem: string): Promise<Key> {
  const bytes = bytesOf(pem.replace(/-----[^-]+-----|\s/g, ''));
  return crypto.subtle.importKey('spki', bytes, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

const SCALAR_BYTES = 32;

/** A signature as DER has two whole numbers of any length; WebCrypto takes 32 bytes of each. */
export function rawSignature(der: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const raw = new Uint8Array(2 * SCALAR_BYTES);
  let at = 2;
  for (const end of [SCALAR_BYTES, 2 * SCALAR_BYTES]) {
    const length = der[at + 1] ?? 0;
    const value = der.slice(at + 2, at + 2 + length);
    const digits = value.slice(value.findIndex((byte) => byte !== 0));
    if (der[at] !== 2 || value.length !== length || digits.length > SCALAR_BYTES) return undefined;
    raw.set(digits, end - digits.length);
    at += 2 + length;
  }
  return der[0] === 0x30 && der[1] === at - 2 && at === der.length ? raw : undefined;
}
