import { copyFileSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ASSETS_URL, writeHashed } from './assets.ts';
import type { Assets } from './layout.ts';
import { shell } from './layout.ts';

/** `/docs/api/try`: Swagger UI from our own origin, on a page of its own because it is large. */

interface SwaggerFiles {
  readonly js: string;
  readonly css: string;
  /** What is loaded for it, the OpenAPI document too, compressed. */
  readonly size: string;
}

export function writeSwagger(folder: string): SwaggerFiles {
  const from = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const script = readFileSync(join(from, 'swagger-ui-bundle.js'));
  const styles = readFileSync(join(from, 'swagger-ui.css'));
  const js = writeHashed(folder, 'swagger-ui', 'js', script);
  const css = writeHashed(folder, 'swagger-ui', 'css', styles);
  const licence = 'swagger-ui-bundle.js.LICENSE.txt'; // The script's first line names it.
  copyFileSync(join(from, licence), join(folder, ASSETS_URL, licence));
  const document = readFileSync(join(folder, 'openapi.json'));
  const bytes = [script, styles, document].reduce((sum, file) => sum + gzipSync(file).length, 0);
  return { js, css, size: `${Math.round(bytes / 1000)} KB` };
}

export function tryPage(assets: Assets, tryJs: string, { js, css }: SwaggerFiles): string {
  return shell(assets, {
    title: 'Try the API',
    summary: 'Send requests to this API from the browser.',
    slug: 'api/try',
    shape: 'try',
    main: `<section aria-label="About this page"><h1>Try the API</h1>
<p>Requests go to the address of this page. <strong>Use a test key</strong> (<code>atk_test_…</code>): it
spends no money. The key is kept in this tab only. <a href="/docs/api">Back to the reference</a></p>
<p class="wait" role="status">Loading …</p></section><div id="try"></div>`,
    head: `<link rel="stylesheet" href="${css}">
<script src="${js}" defer></script>
<script src="${tryJs}" type="module"></script>
`,
  });
}
