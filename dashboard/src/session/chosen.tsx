import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { Me, Membership, Mode } from './membership.ts';

/**
 * The business and the mode that this tab works in. They are kept for the tab, and those of the tab that was used last
 * are where a new one begins: a link that is opened in a new tab of a page in test mode leads to test mode, whatever
 * was chosen in other tabs meanwhile. A business that is not live yet is in test mode.
 */
interface Chosen {
  readonly me: Me | undefined;
  readonly membership: Membership | undefined;
  readonly mode: Mode;
  readonly may: (scope: string) => boolean;
  readonly choose: (change: { readonly merchantId?: string; readonly mode?: Mode }) => void;
}

const NOBODY: Chosen = { me: undefined, membership: undefined, mode: 'test', may: () => false, choose: () => {} };
const ChosenContext = createContext<Chosen>(NOBODY);

export function useChosen(): Chosen {
  return useContext(ChosenContext);
}

/** For pages, which are below the choice. */
export function useMembership(): Membership {
  const { membership } = useChosen();
  if (!membership) throw new Error('a page is shown to members of a business');
  return membership;
}

export function ChosenBusiness({ me, children }: { readonly me: Me; readonly children: ReactNode }) {
  const [merchantId, setMerchantId] = useState(() => {
    takeAsked(me);
    return kept('merchant');
  });
  const [mode, setMode] = useState(() => (kept('mode') === 'live' ? ('live' as const) : ('test' as const)));
  const chosen = useMemo<Chosen>(() => {
    const membership = me.memberships.find((each) => each.merchant_id === merchantId) ?? me.memberships[0];
    return {
      me,
      membership,
      mode: membership?.live ? mode : 'test',
      may: (scope) => membership?.scopes.includes(scope) ?? false,
      choose: (change) => {
        if (change.merchantId) setMerchantId(keep('merchant', change.merchantId));
        if (change.mode) setMode(keep('mode', change.mode));
      },
    };
  }, [me, merchantId, mode]);
  const merchant = chosen.membership?.merchant_id;
  useEffect(() => lead({ ...(merchant && { merchant }), mode }), [merchant, mode]);
  return <ChosenContext value={chosen}>{children}</ChosenContext>;
}

/** What begins a use of this tab: before whatever it does, such as opening a link in a new one. */
const USES = ['focus', 'pointerdown', 'keydown'] as const;

/** Keeps what this tab works in for it, also over a reload, and begins new tabs with it while it is the one in use. */
function lead(choice: Readonly<Partial<Record<'merchant' | 'mode', string>>>): () => void {
  const noteIn = (store: Storage) => {
    for (const [name, value] of Object.entries(choice)) store.setItem(nameOf(name), value);
  };
  const note = () => noteIn(localStorage);
  noteIn(sessionStorage);
  for (const each of USES) window.addEventListener(each, note, { capture: true });
  return () => {
    for (const each of USES) window.removeEventListener(each, note, { capture: true });
  };
}

/**
 * A link in a mail names its business and mode behind `#`: they are those of this tab. Whoever is no member of that
 * business any more is led to the first page, and not to the same page of another business.
 */
function takeAsked({ memberships }: Me): void {
  const asked = new URLSearchParams(window.location.hash.slice(1));
  const merchantId = asked.get('business');
  if (!merchantId) return;
  const isTheirs = memberships.some((each) => each.merchant_id === merchantId);
  if (isTheirs) {
    sessionStorage.setItem('airtime.merchant', merchantId);
    sessionStorage.setItem('airtime.mode', asked.get('mode') === 'live' ? 'live' : 'test');
  }
  const { pathname, search } = window.location;
  window.history.replaceState(window.history.state, '', isTheirs ? pathname + search : '/app');
}

function kept(name: string): string | null {
  return sessionStorage.getItem(nameOf(name)) ?? localStorage.getItem(nameOf(name));
}

/** Chooses for whoever has not been shown anything yet. */
export function choose({ merchantId }: { readonly merchantId: string }): void {
  keep('merchant', merchantId);
}

function keep<Value extends string>(name: string, value: Value): Value {
  for (const store of [sessionStorage, localStorage]) store.setItem(nameOf(name), value);
  return value;
}

function nameOf(name: string): string {
  return `airtime.${name}`;
}
