import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import type { Answer } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { settingsTexts } from '../../texts/settings.ts';
import { shellTexts } from '../../texts/shell.ts';
import type { Member } from './roles.ts';

const texts = settingsTexts.team;

interface MemberDialogProps {
  readonly member: Member;
  readonly onClose: () => void;
}

/** Removes somebody, and says which keys they may still know. */
export function RemoveMember({ member, onClose }: MemberDialogProps) {
  const remove = useChange('removeMember');
  if (remove.data) {
    return (
      <Dialog title={texts.removeTitle(member.email)} onClose={onClose}>
        <Removed email={member.email} keys={remove.data.keys} />
      </Dialog>
    );
  }
  return (
    <Dialog
      title={texts.removeTitle(member.email)}
      onClose={onClose}
      action={texts.remove}
      onAction={() => remove.mutate({ path: { member_id: member.id } })}
      isPending={remove.isPending}
      error={remove.error}
    >
      <Box>{texts.removeText}</Box>
    </Dialog>
  );
}

interface RemovedProps extends Pick<Answer<'removeMember'>, 'keys'> {
  readonly email: string;
}

function Removed({ email, keys }: RemovedProps) {
  const { may } = useChosen();
  return (
    <>
      <Alert type={keys.length > 0 ? 'warning' : 'success'} header={texts.removed(email)}>
        <div role="status">{keys.length > 0 ? texts.keys : texts.noKeys}</div>
      </Alert>
      {keys.length > 0 && (
        <ul>
          {keys.map(({ id, mode, name, prefix }) => (
            <li key={id}>
              {name} (<span className="code">{prefix}…</span>, {shellTexts.modes[mode === 'live' ? 'live' : 'test']})
            </li>
          ))}
        </ul>
      )}
      {keys.length > 0 && may('keys:write') && <AppLink to="/keys">{texts.toKeys}</AppLink>}
    </>
  );
}
