import { useRead } from '../api/queries.ts';
import { useChosen } from '../session/chosen.tsx';

/** For how long names are taken as current: they hardly change. */
const NAMES_MS = 60_000;

interface Asked {
  readonly keys: boolean;
  readonly members: boolean;
}

/** Keys by their names and people by their addresses, as far as the role may know them. */
export function useMakers({ keys: asksKeys, members: asksMembers }: Asked) {
  const { may } = useChosen();
  const keys = useRead('listKeys', {}, { enabled: asksKeys && may('keys:write'), staleMs: NAMES_MS });
  const members = useRead('listMembers', {}, { enabled: asksMembers && may('team:read'), staleMs: NAMES_MS });
  return {
    keys: keys.data?.data.map(({ id, name }) => ({ value: id, label: name })) ?? [],
    members: members.data?.data.map(({ id, email }) => ({ value: id, label: email })) ?? [],
  };
}
