/** When somebody last did something in any tab of this browser. */

const KEY = 'airtime.active_at';
const NOTE_MS = 5_000;
export const WARNING_SECONDS = 120;

/** Who can only read stays longer. */
export function idleSecondsMax(role: string | undefined): number {
  return 60 * (role === 'viewer' ? 60 : 30);
}

export function secondsIdle(): number {
  const at = Number(localStorage.getItem(KEY));
  return at ? (Date.now() - at) / 1_000 : 0;
}

/** Notes what is done in this tab, from now on. */
export function watchActivity(): () => void {
  let notedAt = 0;
  const note = () => {
    if (Date.now() - notedAt < NOTE_MS) return;
    notedAt = Date.now();
    localStorage.setItem(KEY, String(notedAt));
  };
  note();
  const events = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const;
  for (const each of events) window.addEventListener(each, note, { capture: true, passive: true });
  return () => {
    for (const each of events) window.removeEventListener(each, note, { capture: true });
  };
}
