import TopNavigation, { type TopNavigationProps } from '@cloudscape-design/components/top-navigation';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useFollow } from '../parts/app-link.tsx';
import { usePhone } from '../parts/use-phone.ts';
import { useChosen } from '../session/chosen.tsx';
import type { Mode } from '../session/membership.ts';
import { signOut } from '../session/oidc.ts';
import { wordFor } from '../texts/language.ts';
import { shellTexts as texts } from '../texts/shell.ts';
import { listAbove } from './page-at.ts';
import { chooseTheme, chosenTheme, THEMES } from './theme.ts';

/** The bar on top: business, mode, account. The mode stays on it at every width, and test mode has a strip in words. */
export function Top() {
  const { mode } = useChosen();
  const follow = useFollow();
  const utilities = [useModeMenu(), useBusinessMenu(), useAccountMenu()].filter((each) => each !== undefined);
  return (
    <div id="top" className={mode}>
      <TopNavigation
        identity={{
          href: '/app',
          title: texts.product,
          logo: { src: '/favicon.svg', alt: texts.home },
          onFollow: followHome(follow),
        }}
        utilities={utilities}
        i18nStrings={{
          overflowMenuTriggerText: texts.more,
          overflowMenuTitleText: texts.menu,
          overflowMenuBackIconAriaLabel: texts.back,
          overflowMenuDismissIconAriaLabel: texts.close,
        }}
      />
      {mode === 'test' && (
        <section className="mode-strip" aria-label={texts.modes.test}>
          {texts.strip}
        </section>
      )}
    </div>
  );
}

type Utility = TopNavigationProps.Utility;

function followHome(follow: ReturnType<typeof useFollow>) {
  return (event: CustomEvent) => {
    follow({ detail: { href: '/app' }, preventDefault: () => event.preventDefault() });
  };
}

/** What is chosen begins with a page that it has. */
function useChoose() {
  const { choose } = useChosen();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  return (change: Parameters<typeof choose>[0]) => {
    const list = listAbove(pathname);
    if (list !== undefined) navigate({ to: list });
    choose(change);
  };
}

function useModeMenu(): Utility {
  const { membership, mode } = useChosen();
  const choose = useChoose();
  const isLive = membership?.live ?? false;
  return {
    type: 'menu-dropdown',
    text: texts.modes[mode],
    title: texts.switchMode,
    iconName: mode === 'test' ? 'bug' : 'check',
    disableUtilityCollapse: true,
    disableTextCollapse: true,
    items: [
      { id: 'test', itemType: 'checkbox', text: texts.modes.test, checked: mode === 'test' },
      {
        id: 'live',
        itemType: 'checkbox',
        text: texts.modes.live,
        checked: mode === 'live',
        disabled: !isLive,
        disabledReason: isLive ? undefined : texts.notLive,
      },
    ],
    onItemClick: ({ detail }) => choose({ mode: detail.id as Mode }),
  };
}

/** None for who belongs to one business only: its name is over the pages. */
function useBusinesses() {
  const { me, membership } = useChosen();
  const memberships = me?.memberships ?? [];
  if (memberships.length < 2) return [];
  return memberships.map(({ merchant_id: id, business_name: text, role }) => ({
    id,
    itemType: 'checkbox' as const,
    text,
    description: wordFor(texts.roles, role),
    checked: id === membership?.merchant_id,
  }));
}

/** On a phone it is in the menu of the account: a third menu would push the mode and our name off the bar. */
function useBusinessMenu(): Utility | undefined {
  const { membership } = useChosen();
  const choose = useChoose();
  const businesses = useBusinesses();
  const isPhone = usePhone();
  if (businesses.length === 0 || isPhone) return undefined;
  return {
    type: 'menu-dropdown',
    text: membership?.business_name ?? '',
    title: texts.business,
    iconName: 'multiscreen',
    items: businesses,
    onItemClick: ({ detail }) => choose({ merchantId: detail.id }),
  };
}

function useAccountMenu(): Utility {
  const { me, membership } = useChosen();
  const choose = useChoose();
  const businesses = useBusinesses();
  const isPhone = usePhone();
  const [theme, setTheme] = useState(chosenTheme);
  return {
    type: 'menu-dropdown',
    text: me?.email ?? texts.account,
    description: membership ? wordFor(texts.roles, membership.role) : undefined,
    iconName: 'user-profile',
    items: [
      ...(isPhone && businesses.length > 0 ? [{ text: texts.business, items: businesses }] : []),
      {
        text: texts.theme,
        items: THEMES.map((each) => ({
          id: each,
          itemType: 'checkbox' as const,
          text: texts.themes[each],
          checked: each === theme,
        })),
      },
      { id: 'licences', text: texts.licences, href: '/app/assets/licences.md', external: true },
      { id: 'sign-out', text: texts.signOut },
    ],
    onItemClick: ({ detail }) => {
      if (detail.id === 'sign-out') signOut();
      if (businesses.some(({ id }) => id === detail.id)) choose({ merchantId: detail.id });
      const chosen = THEMES.find((each) => each === detail.id);
      if (!chosen) return;
      chooseTheme(chosen);
      setTheme(chosen);
    },
  };
}
