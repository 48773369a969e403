import { useSyncExternalStore } from 'react';

const PHONE = window.matchMedia('(max-width: 639px)');

/** Whether there is only the width of a phone. */
export function usePhone(): boolean {
  return useSyncExternalStore(follow, () => PHONE.matches);
}

function follow(onChange: () => void): () => void {
  PHONE.addEventListener('change', onChange);
  return () => PHONE.removeEventListener('change', onChange);
}
