import type { Quota } from '../../../../sdk/typescript/src/api.ts';
import { settingsTexts } from '../../texts/settings.ts';

const texts = settingsTexts.business;
const NUMBER = new Intl.NumberFormat('en');
const WINDOWS = [
  [86_400, texts.days],
  [3_600, texts.hours],
  [60, texts.minutes],
] as const;

/** `50 in a second`, `20 at most`. */
export function limitText(limit: Quota | number, isBytes = false): string {
  if (typeof limit === 'number') return texts.most(NUMBER.format(limit));
  const { quota, window_seconds: seconds } = limit;
  const [size, words] = WINDOWS.find(([each]) => seconds >= each && seconds % each === 0) ?? [1, texts.seconds];
  return texts.quota(
    isBytes ? texts.megabytes(NUMBER.format(quota / 1_048_576)) : NUMBER.format(quota),
    words(seconds / size),
  );
}
