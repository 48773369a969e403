import { useEffect, useState } from 'react';
import { useChosen } from '../session/chosen.tsx';
import { typedKey } from '../session/typed.ts';

/** What is typed into a form, kept in the tab over a reload and a sign-in. It is the business's and the mode's own. */
export function useDraft<Value>(name: string, initial: Value): [Value, (value: Value) => void, () => void] {
  const { membership, mode } = useChosen();
  const key = typedKey('draft', `${membership?.merchant_id ?? ''}.${mode}.${name}`);
  const [value, setValue] = useState<Value>(() => read(key) ?? initial);
  useEffect(() => sessionStorage.setItem(key, JSON.stringify(value)), [key, value]);
  const clear = () => {
    sessionStorage.removeItem(key);
    setValue(initial);
  };
  return [value, setValue, clear];
}

function read<Value>(key: string): Value | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}
