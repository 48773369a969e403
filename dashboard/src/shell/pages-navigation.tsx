import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import { useLocation } from '@tanstack/react-router';
import { useFollow } from '../parts/app-link.tsx';
import { GROUPS, pages } from '../routes/pages.ts';
import { useChosen } from '../session/chosen.tsx';
import { shellTexts as texts } from '../texts/shell.ts';

/** The pages that a role includes. */
export function Pages() {
  const { pathname } = useLocation();
  const { may, membership } = useChosen();
  const follow = useFollow();
  const shown = pages.filter(({ group, scope }) => group && (!scope || may(scope)));
  const items = GROUPS.flatMap((group): SideNavigationProps.Item[] => {
    const links = shown
      .filter((page) => page.group === group)
      .map(({ path, title }): SideNavigationProps.Link => ({ type: 'link', text: title, href: hrefOf(path) }));
    if (group === 'start' || links.length === 0) return links;
    return [{ type: 'section', text: texts.groups[group], items: links }];
  });
  return (
    <SideNavigation
      header={{ text: membership?.business_name ?? '', href: '/app' }}
      activeHref={activeHref(pathname, shown)}
      items={[
        ...items,
        { type: 'divider' },
        { type: 'link', text: texts.docs, href: '/docs', external: true, externalIconAriaLabel: texts.newTab },
        { type: 'link', text: texts.status, href: '/docs/status', external: true, externalIconAriaLabel: texts.newTab },
      ]}
      onFollow={follow}
    />
  );
}

function hrefOf(path: string): string {
  return path === '/' ? '/app' : `/app${path}`;
}

/** A page below one of the menu, such as an order, belongs to it. */
function activeHref(pathname: string, shown: readonly { readonly path: string }[]): string {
  const within = shown.filter(({ path }) => path !== '/' && (pathname === path || pathname.startsWith(`${path}/`)));
  const longest = within.toSorted((one, other) => other.path.length - one.path.length)[0];
  if (longest) return hrefOf(longest.path);
  return pathname === '/' ? hrefOf('/') : '';
}
