import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import { useLocation } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { focusHeading } from './focus-heading.ts';

interface PageProps {
  readonly title: string;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** Whether a page was shown before: the first one is read as any page is. */
let hasShown = false;

/**
 * The frame of every page: its title, also of the tab, and what can be done with all of it. After a change of page,
 * readers of the screen begin at its title.
 */
export function Page({ title, description, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Airtime`;
  }, [title]);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another address is another page
  useEffect(() => {
    if (hasShown) focusHeading();
    hasShown = true;
  }, [pathname]);
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={description} actions={actions}>
          {title}
        </Header>
      }
    >
      {children}
    </ContentLayout>
  );
}
