import { useState } from 'react';
import { useChosen } from '../session/chosen.tsx';
import { typedKey } from '../session/typed.ts';

/**
 * What must outlive a lost answer and a reload, such as the reference of an order: it is in the tab's storage before
 * the setter returns, so that nothing is sent that the tab could forget. It is the business's and the mode's own.
 */
export function useKept<Value>(name: string): [Value | undefined, (value: Value | undefined) => void] {
  const { membership, mode } = useChosen();
  const key = typedKey('kept', `${membership?.merchant_id ?? ''}.${mode}.${name}`);
  const [value, setValue] = useState<Value | undefined>(() => read(key));
  const keep = (next: Value | undefined) => {
    if (next === undefined) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(next));
    setValue(next);
  };
  return [value, keep];
}

function read<Value>(key: string): Value | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}
