import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Actor } from '../../../sdk/typescript/src/api.ts';
import { useChosen } from '../session/chosen.tsx';
import { partTexts as texts } from '../texts/parts.ts';
import { AppLink } from './app-link.tsx';
import { By } from './by.tsx';

/** Who placed something, with what else they sent and what they changed. */
export function Maker({ actor }: { readonly actor: Actor | undefined }) {
  const { may } = useChosen();
  if (!actor) return <>{texts.none}</>;
  const kind = actor.type === 'key' ? 'key' : 'person';
  const query = `${kind === 'key' ? 'key_id' : 'member_id'}=${actor.id}`;
  return (
    <SpaceBetween size="xxs">
      <By actor={actor} />
      {may('orders:read') && <AppLink to={`/orders?${query}`}>{texts.ordersOf[kind]}</AppLink>}
      {may('audit:read') && <AppLink to={`/settings/audit?${query}`}>{texts.theirActs}</AppLink>}
    </SpaceBetween>
  );
}
