import type { Actor } from '../../../sdk/typescript/src/api.ts';
import { useRead } from '../api/queries.ts';
import { useChosen } from '../session/chosen.tsx';
import { partTexts as texts } from '../texts/parts.ts';

/** Who did something: a member by address, for as long as they are one, a key by its id, or an operator of ours. */
export function By({ actor }: { readonly actor: Actor | null }) {
  const { may } = useChosen();
  const members = useRead('listMembers', {}, { enabled: actor?.type === 'person' && may('team:read') });
  if (!actor) return <>{texts.none}</>;
  if (actor.type === 'operator') return <>{texts.operator}</>;
  const email = members.data?.data.find(({ id }) => id === actor.id)?.email;
  if (email) return <span className="anywhere">{email}</span>;
  return (
    <>
      {actor.type === 'key' ? texts.key : texts.person} <span className="code">{actor.id}</span>
    </>
  );
}
