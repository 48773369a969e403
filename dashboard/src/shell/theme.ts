import { applyMode, disableMotion, Mode } from '@cloudscape-design/global-styles';

/** Light or dark: as the system is, until somebody chooses here. */
export type Theme = 'system' | 'light' | 'dark';
export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

const KEY = 'airtime.theme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return THEMES.find((each) => each === kept) ?? 'system';
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  apply();
}

/** Applies it, and follows the system from now on. */
export function followTheme(): void {
  apply();
  dark.addEventListener('change', apply);
  disableMotion(window.matchMedia('(prefers-reduced-motion: reduce)').matches);
}

function apply(): void {
  const theme = chosenTheme();
  const isDark = theme === 'dark' || (theme === 'system' && dark.matches);
  applyMode(isDark ? Mode.Dark : Mode.Light);
  document.documentElement.classList.toggle('dark', isDark);
  document.documentElement.classList.toggle('light', !isDark);
}
