import Box from '@cloudscape-design/components/box';
import { useChange } from '../../api/queries.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { settingsTexts } from '../../texts/settings.ts';

const texts = settingsTexts.team;

interface RevokeInvitationProps {
  readonly id: string;
  readonly email: string;
  readonly onClose: () => void;
}

export function RevokeInvitation({ id, email, onClose }: RevokeInvitationProps) {
  const revoke = useChange('revokeInvitation');
  return (
    <Dialog
      title={texts.revokeTitle(email)}
      onClose={onClose}
      action={texts.revoke}
      onAction={() => revoke.mutate({ path: { invitation_id: id } }, { onSuccess: onClose })}
      isPending={revoke.isPending}
      error={revoke.error}
    >
      <Box>{texts.revokeText}</Box>
    </Dialog>
  );
}
