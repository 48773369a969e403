import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';
import { build } from 'vite';
import { codeOf } from './dashboard/code-of.ts';
import { DASHBOARD_FOLDER, hashFile, sourcesHash } from './dashboard/fresh.ts';
import { ROOT } from './site/fresh.ts';

/**
 * `npm run dashboard`: builds the dashboard into `dist/dashboard`, which CloudFront and `npm start` serve alike. The
 * same build runs everywhere: what differs between deployments is in `config.json`.
 */

/** Our accent instead of the blue of the components, from light to dark. The components name their colours so. */
const ACCENT: Readonly<Record<string, string>> = {
  50: '#f0fdfa',
  100: '#d5f5ef',
  200: '#a7ece0',
  300: '#5eead4',
  400: '#3fd3bf',
  500: '#14a596',
  600: '#0f766e',
  700: '#0b5d57',
  800: '#0a4f4a',
  900: '#083f3b',
  950: '#06302d',
  1000: '#031a18',
};
const FONTS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Ubuntu, Cantarell, sans-serif';

/** Gives the components' styles our colour and the system's fonts. Theirs would be 140 KB in each first visit. */
const ownLook: Plugin = {
  name: 'own-look',
  enforce: 'pre',
  transform(code, id) {
    if (!id.includes('@cloudscape-design') || !/\.css(?:\?|$)/.test(id)) return null;
    return (
      code
        // Words of a status were broken anywhere, also where a line has room for the next one.
        .replaceAll(/word-break:\s*break-all/g, 'overflow-wrap: anywhere')
        .replaceAll(/@font-face\s*\{[^}]*\}/g, '')
        .replaceAll(/(--color-primary-(\d+)-\w+:)#\w+/g, (whole, name, step) =>
          ACCENT[step] ? name + ACCENT[step] : whole,
        )
        .replaceAll(/(--font-family-(?:base|heading|display)-\w+:)"Open Sans"[^;}]*/g, `$1${FONTS}`)
    );
  },
};

/** Gives the code in a guide by the heading that it is below: a page shows what the tests of the guide have tried. */
const codeOfGuides: Plugin = {
  name: 'code-of-guides',
  transform(text, id) {
    if (!id.endsWith('.md')) return null;
    return { code: `export const code = ${JSON.stringify(codeOf(text))};`, map: null, moduleType: 'js' };
  },
};

/** The files of a page are loaded by our code: the bundler's gives a page up for good when one of them is lost. */
const ownPreload: Plugin = {
  name: 'own-preload',
  enforce: 'pre',
  resolveId: (id) => (id === '\0vite/preload-helper.js' ? join(ROOT, 'dashboard/src/preload.ts') : null),
};

/** Builds beside the folder, then takes the place of what was there. Several may do so at once. */
export async function buildDashboard(folder = DASHBOARD_FOLDER): Promise<void> {
  // Whoever else runs it, such as a test, would get React with its checks for developers: twice as large, and slow.
  process.env.NODE_ENV = 'production';
  const hash = sourcesHash();
  mkdirSync(dirname(folder), { recursive: true });
  const next = mkdtempSync(`${folder}.`);
  try {
    await build({
      configFile: false,
      root: join(ROOT, 'dashboard'),
      base: '/app/',
      logLevel: 'error',
      plugins: [ownLook, codeOfGuides, ownPreload],
      build: {
        outDir: join(next, 'app'),
        manifest: 'manifest.json',
        // Most licences of what is in it ask for their text beside it.
        license: { fileName: 'assets/licences.md' },
        assetsInlineLimit: 0,
        target: 'es2022',
        // Hints at what a page needs would be read before its own small script.
        modulePreload: { polyfill: false },
        rolldownOptions: {
          checks: { moduleLevelDirective: false },
          // What four pages or more share is loaded with the first: in pieces, each page would cost twice as much. Our
          // own parts are in it where most pages have them: each file more costs a request, and is compressed apart.
          output: {
            codeSplitting: {
              groups: [
                { name: 'components', test: /@cloudscape-design/, minShareCount: 4 },
                { name: 'parts', test: /dashboard.src.parts/, minShareCount: 10 },
              ],
            },
          },
        },
      },
    });
    // What loads what, for tests: it is not served.
    renameSync(join(next, 'app/manifest.json'), join(next, 'manifest.json'));
    if (existsSync(folder)) renameSync(folder, `${next}.old`);
    renameSync(next, folder);
    writeFileSync(hashFile(folder), hash);
  } catch (error) {
    // Another process was faster by a moment, with the same files.
    if (!['ENOENT', 'ENOTEMPTY'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  } finally {
    for (const each of [next, `${next}.old`]) rmSync(each, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const startedAt = Date.now();
  await buildDashboard();
  process.stdout.write(`dist/dashboard is built, in ${Date.now() - startedAt} ms.\n`);
}
