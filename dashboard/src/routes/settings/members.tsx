import Badge from '@cloudscape-design/components/badge';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import { Address } from '../../parts/address.tsx';
import { AppLink } from '../../parts/app-link.tsx';
import { List } from '../../parts/list.tsx';
import { When } from '../../parts/when.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { wordFor } from '../../texts/language.ts';
import { settingsTexts } from '../../texts/settings.ts';
import { shellTexts } from '../../texts/shell.ts';
import { ChangeRole } from './change-role.tsx';
import { LeaveTeam } from './leave-team.tsx';
import { RemoveMember } from './remove-member.tsx';
import { type Member, mayManage } from './roles.ts';

const texts = settingsTexts.team;

interface Asked {
  readonly act: 'change' | 'remove' | 'leave';
  readonly member: Member;
}

export function Members() {
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  return (
    <>
      <List
        operation="listMembers"
        columns={useColumns(setAsked)}
        rowId={({ id }) => id}
        label={texts.members}
        title={texts.members}
        empty={{ title: texts.noMembers, text: texts.noMembersText }}
      />
      {asked?.act === 'change' && <ChangeRole member={asked.member} onClose={close} />}
      {asked?.act === 'remove' && <RemoveMember member={asked.member} onClose={close} />}
      {asked?.act === 'leave' && <LeaveTeam member={asked.member} onClose={close} />}
    </>
  );
}

function useColumns(onAsk: (asked: Asked) => void): readonly TableProps.ColumnDefinition<Member>[] {
  const { membership, may } = useChosen();
  return [
    {
      id: 'member',
      header: texts.member,
      isRowHeader: true,
      minWidth: 150,
      cell: ({ email, you }) => (
        <>
          <Address text={email} /> {you && <Badge>{texts.you}</Badge>}
        </>
      ),
    },
    { id: 'role', header: texts.role, minWidth: 100, cell: ({ role }) => wordFor(shellTexts.roles, role) },
    {
      id: 'actions',
      header: texts.actions,
      minWidth: 130,
      cell: (member) => {
        const isManaged = membership !== undefined && mayManage(membership, member.role);
        return (
          <SpaceBetween size="xxs">
            {isManaged && (
              <Act what={texts.change} whom={member.email} onAct={() => onAsk({ act: 'change', member })} />
            )}
            {isManaged && !member.you && (
              <Act what={texts.remove} whom={member.email} onAct={() => onAsk({ act: 'remove', member })} />
            )}
            {may('orders:read') && <AppLink to={`/orders?member_id=${member.id}`}>{texts.orders}</AppLink>}
            {member.you && <Act what={texts.leave} whom={member.email} onAct={() => onAsk({ act: 'leave', member })} />}
          </SpaceBetween>
        );
      },
    },
    { id: 'joined', header: texts.joined, minWidth: 150, cell: ({ joined_at }) => <When at={joined_at} /> },
  ];
}

interface ActProps {
  readonly what: string;
  readonly whom: string;
  readonly onAct: () => void;
}

function Act({ what, whom, onAct }: ActProps) {
  return (
    <Button variant="inline-link" ariaLabel={texts.of(what, whom)} onClick={onAct}>
      {what}
    </Button>
  );
}
