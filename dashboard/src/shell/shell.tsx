import AppLayoutToolbar from '@cloudscape-design/components/app-layout-toolbar';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import { Outlet, useLocation } from '@tanstack/react-router';
import { useFollow } from '../parts/app-link.tsx';
import { useChosen } from '../session/chosen.tsx';
import { shellTexts as texts } from '../texts/shell.ts';
import { pageAt } from './page-at.ts';
import { Pages } from './pages-navigation.tsx';
import { Top } from './top.tsx';

/** What is around every page: where you are, what else there is, and whether it is real. */
export function Shell() {
  const { pathname } = useLocation();
  const { mode, membership } = useChosen();
  const follow = useFollow();
  return (
    <>
      <a className="skip" href="#page">
        {texts.skip}
      </a>
      <Top />
      <AppLayoutToolbar
        headerSelector="#top"
        navigation={<Pages />}
        navigationWidth={240}
        toolsHide
        ariaLabels={{
          navigation: texts.navigation,
          navigationToggle: texts.openNavigation,
          navigationClose: texts.closeNavigation,
          notifications: texts.notifications,
        }}
        breadcrumbs={
          <BreadcrumbGroup
            ariaLabel={texts.breadcrumbs}
            expandAriaLabel={texts.expand}
            items={breadcrumbsOf(pathname)}
            onFollow={follow}
          />
        }
        content={
          <div id="page" tabIndex={-1}>
            {/* A page of another business or mode begins again, with nothing of the one before. */}
            <Outlet key={`${membership?.merchant_id} ${mode}`} />
          </div>
        }
      />
    </>
  );
}

function breadcrumbsOf(pathname: string) {
  const parts = pathname.split('/').filter(Boolean);
  const paths = ['/', ...parts.map((_part, index) => `/${parts.slice(0, index + 1).join('/')}`)];
  return paths.flatMap((path) => {
    const entry = pageAt(path);
    const text = entry && (/\$\w+$/.test(entry.path) ? decodeURIComponent(path.split('/').at(-1) ?? '') : entry.title);
    return text ? [{ text, href: path === '/' ? '/app' : `/app${path}` }] : [];
  });
}
