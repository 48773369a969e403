import { useMembership } from '../../session/chosen.tsx';

/**
 * The test key that was made last in this tab, by business, to fill in examples with. It is kept nowhere else, and
 * gone when the page is loaded again. A live key is never kept.
 */
const made = new Map<string, string>();

export function keepForExamples(merchantId: string, { mode, key }: { readonly mode: string; readonly key: string }) {
  if (mode === 'test') made.set(merchantId, key);
}

export function useTestKey(): string | undefined {
  return made.get(useMembership().merchant_id);
}
