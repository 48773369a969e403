import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { Broken } from '../parts/broken.tsx';
import { later } from '../parts/later.tsx';
import { Loading } from '../parts/loading.tsx';
import { Missing } from '../parts/missing.tsx';
import { Allowed } from '../shell/allowed.tsx';
import { Shell } from '../shell/shell.tsx';
import { type PageEntry, pages } from './pages.ts';

/** Gives each page of the table its address. Filters in an address are texts as typed, so numbers keep their zeros. */

const root = createRootRoute({ component: Shell, notFoundComponent: Missing });

const routes = pages.map((entry) =>
  createRoute({
    getParentRoute: () => root,
    path: entry.path,
    component: later(() => component(entry)),
  }),
);

export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: '/app',
  defaultPendingMs: 200,
  defaultPendingComponent: Loading,
  defaultErrorComponent: Broken,
  scrollRestoration: true,
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(search as Record<string, string>).toString();
    return text && `?${text}`;
  },
});

async function component({ scope, title, load }: PageEntry): Promise<ComponentType> {
  const Loaded = await load();
  if (!scope) return Loaded;
  return () => (
    <Allowed scope={scope} title={title}>
      <Loaded />
    </Allowed>
  );
}
