import { readFileSync } from 'node:fs';
import type { Handlers } from '../shared/http/openapi/document.ts';
import { openApiDocument } from '../shared/http/openapi/document.ts';
import { functionFiles } from '../shared/manifest/functions.ts';
import { openRoutes, routes } from '../shared/manifest/routes.ts';

/** The OpenAPI document as it is committed and served: `docs/openapi.json`. */
export async function openApiText(): Promise<string> {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return `${JSON.stringify(openApiDocument(await allHandlers(), version), null, 2)}\n`;
}

/** Every handler by the name of its route. Its file exports it under the name that it has in the manifest. */
async function allHandlers(): Promise<Handlers> {
  const all = Object.entries({ ...routes, ...openRoutes });
  return new Map(
    await Promise.all(
      all.map(async ([exportName, { name }]) => {
        const exported = await import(`../${functionFiles.get(name)}`);
        return [name, exported[exportName]] as const;
      }),
    ),
  );
}
