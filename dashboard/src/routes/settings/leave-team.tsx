import Box from '@cloudscape-design/components/box';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useAct } from '../../api/act.ts';
import { call } from '../../api/client.ts';
import { useScope } from '../../api/queries.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { useMembership } from '../../session/chosen.tsx';
import { settingsTexts } from '../../texts/settings.ts';
import type { Member } from './roles.ts';

const texts = settingsTexts.team;

interface LeaveTeamProps {
  readonly member: Member;
  readonly onClose: () => void;
}

/** Leaves the business: what is shown then is another one of theirs, or how to begin one. */
export function LeaveTeam({ member, onClose }: LeaveTeamProps) {
  const { business_name } = useMembership();
  const scope = useScope();
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = useAct({
    mutationFn: async () => {
      await call(scope, 'removeMember', { path: { member_id: member.id } });
      await navigate({ to: '/' });
      await client.invalidateQueries({ queryKey: ['me'] });
    },
  });
  return (
    <Dialog
      title={texts.leaveTitle(business_name)}
      onClose={onClose}
      action={texts.leave}
      onAction={() => leave.mutate()}
      isPending={leave.isPending}
      error={leave.error}
    >
      <Box>{texts.leaveText}</Box>
      {member.role === 'owner' && <Box>{texts.leaveLast}</Box>}
    </Dialog>
  );
}
