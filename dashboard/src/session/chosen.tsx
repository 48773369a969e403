import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import type { Me, Membership, Mode } from './membership.ts';

/**
 * The business and the mode that this tab works in. They are kept for the tab, and the last ones are where a new tab
 * begins. A business that is not live yet is in test mode.
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
  const [merchantId, setMerchantId] = useState(() => kept('merchant'));
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
  return <ChosenContext value={chosen}>{children}</ChosenContext>;
}

function kept(name: string): string | null {
  return sessionStorage.getItem(`airtime.${name}`) ?? localStorage.getItem(`airtime.${name}`);
}

/** Chooses for whoever has not been shown anything yet. */
export function choose({ merchantId }: { readonly merchantId: string }): void {
  keep('merchant', merchantId);
}

function keep<Value extends string>(name: string, value: Value): Value {
  for (const store of [sessionStorage, localStorage]) store.setItem(`airtime.${name}`, value);
  return value;
}
