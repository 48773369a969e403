import { type UseMutationOptions, type UseMutationResult, useMutation } from '@tanstack/react-query';
import { useRef } from 'react';

/** The second press of a double click comes within this time of the first. */
const DOUBLE_CLICK_MS = 500;

export interface ActOptions {
  /**
   * For what does no harm when it is done twice, and may come while another is under way: a check of another file, or
   * one choice after the other.
   */
  readonly mayOverlap?: boolean;
}

/**
 * The one way to do something that is not reading: once at a time. A press while it is under way, and the second one of
 * a double click, gets the first one's result instead of another key, budget or secret. A ref says so, because what is
 * drawn comes too late for a press some milliseconds later. After a failure it can be done again at once.
 */
export function useAct<Data, Input = void>({
  mayOverlap = false,
  ...options
}: UseMutationOptions<Data, Error, Input> & ActOptions): UseMutationResult<Data, Error, Input> {
  const mutation = useMutation<Data, Error, Input>(options);
  const begun = useRef<Promise<Data>>(undefined);
  const mutateAsync: typeof mutation.mutateAsync = (...input) => {
    if (begun.current && !mayOverlap) return begun.current;
    const at = Date.now();
    const result = mutation.mutateAsync(...input);
    begun.current = result;
    const free = () => {
      begun.current = undefined;
    };
    result.then(() => setTimeout(free, at + DOUBLE_CLICK_MS - Date.now()), free);
    return result;
  };
  const mutate: typeof mutation.mutate = (...input) => {
    // What went wrong is in the result's `error`.
    mutateAsync(...input).catch(() => undefined);
  };
  return { ...mutation, mutate, mutateAsync };
}
