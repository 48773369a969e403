import { useEffect, useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { Problem } from '../../api/problem.ts';
import { useRead } from '../../api/queries.ts';
import { sentenceOf } from '../../parts/problem-words.ts';

export type Target = Answer<'getTarget'>;

const DIGITS_MIN = 9;
const PAUSE_MS = 500;
/** Look-ups of meters are limited: what was found stays for the session. */
const STALE_MS = 3_600_000;

/** Looks up what is typed, once somebody pauses and it may be complete. */
export function useTarget(number: string, country: string) {
  const typed = number.trim();
  const settled = useSettled(typed);
  const isLong = settled.replace(/\D/g, '').length >= DIGITS_MIN;
  const input = { path: { target: settled }, query: { country: country as 'ZW' } };
  const found = useRead('getTarget', input, { enabled: isLong, staleMs: STALE_MS });
  const isCurrent = settled === typed;
  const { error } = found;
  const isOfNumber = error instanceof Problem && error.status >= 400 && error.status < 500 && error.status !== 429;
  const target = isCurrent && isLong && !error ? found.data : undefined;
  const isLooking = typed.replace(/\D/g, '').length >= DIGITS_MIN && !target && (!isCurrent || found.isFetching);
  return {
    target,
    isLooking,
    problem: isCurrent && isLong && isOfNumber ? sentenceOf(error) : undefined,
    error: isCurrent && isLong && error && !isOfNumber ? error : undefined,
    retry: () => found.refetch(),
  };
}

/** The value, once it has not changed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
