import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { settingsTexts } from '../../texts/settings.ts';
import { shellTexts } from '../../texts/shell.ts';
import { RoleChoice } from './role-choice.tsx';
import type { Member, Role } from './roles.ts';

const texts = settingsTexts.team;

interface MemberDialogProps {
  readonly member: Member;
  readonly onClose: () => void;
}

/** The same role again changes nothing, so it may be repeated. */
export function ChangeRole({ member, onClose }: MemberDialogProps) {
  const client = useQueryClient();
  const [role, setRole] = useState(member.role as Role);
  const change = useChange('updateMember');
  if (change.isSuccess) {
    const close = () => {
      onClose();
      // What they may do here is another thing now.
      if (member.you) client.invalidateQueries({ queryKey: ['me'] });
    };
    return (
      <Dialog title={texts.changeTitle(member.email)} onClose={close}>
        <Alert type="success">
          <div role="status">{texts.changed(member.email, shellTexts.roles[role])}</div>
        </Alert>
      </Dialog>
    );
  }
  return (
    <Dialog
      title={texts.changeTitle(member.email)}
      onClose={onClose}
      action={texts.change}
      onAction={() => change.mutate({ path: { member_id: member.id }, body: { role } })}
      isPending={change.isPending}
      isDisabled={role === member.role}
      error={change.error}
    >
      <Box>{texts.changeText}</Box>
      <RoleChoice role={role} onChange={setRole} />
    </Dialog>
  );
}
