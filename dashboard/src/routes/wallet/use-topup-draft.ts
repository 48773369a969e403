import { useDraft } from '../../parts/use-draft.ts';

interface Value {
  readonly amount: string;
  readonly currency: string;
  /** Empty while no dialog was opened. */
  readonly reference: string;
  /** It was sent, and no answer says what happened to it. */
  readonly wasSent: boolean;
}

const NONE: Value = { amount: '', currency: 'USD', reference: '', wasSent: false };

/** The top-up that is being typed, with its reference, kept in the tab until its end is known. */
export function useTopupDraft() {
  const [value, setValue, clear] = useDraft<Value>('topup', NONE);
  return {
    value,
    /** The same one again if it was sent before. */
    open: () => setValue({ ...value, reference: value.reference || newReference() }),
    /** Other fields are another top-up. */
    change: (fields: Partial<Pick<Value, 'amount' | 'currency'>>) =>
      setValue({ ...value, ...fields, reference: newReference(), wasSent: false }),
    markSent: (wasSent: boolean) => setValue({ ...value, wasSent }),
    clear,
  };
}

export type TopupDraft = ReturnType<typeof useTopupDraft>;

function newReference(): string {
  return `topup-${crypto.randomUUID()}`;
}
