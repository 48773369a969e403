import type { Actor } from '../../../sdk/typescript/src/api.ts';
import { partTexts as texts } from '../texts/parts.ts';
import { Address } from './address.tsx';
import { useMakers } from './use-makers.ts';

/** Who did something: a member by address, for as long as they are one, a key by its name, or an operator of ours. */
export function By({ actor }: { readonly actor: Actor | null | undefined }) {
  const { keys, members } = useMakers({ keys: actor?.type === 'key', members: actor?.type === 'person' });
  if (!actor) return <>{texts.none}</>;
  if (actor.type === 'operator') return <>{texts.operator}</>;
  const isKey = actor.type === 'key';
  const name = (isKey ? keys : members).find(({ value }) => value === actor.id)?.label;
  if (name !== undefined && !isKey) return <Address text={name} />;
  return (
    <>
      {isKey ? texts.key : texts.person}{' '}
      <span className={name === undefined ? 'code' : 'anywhere'}>{name ?? actor.id}</span>
    </>
  );
}
