import Button from '@cloudscape-design/components/button';
import type { TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { Address } from '../../parts/address.tsx';
import { By } from '../../parts/by.tsx';
import { List } from '../../parts/list.tsx';
import { When } from '../../parts/when.tsx';
import { wordFor } from '../../texts/language.ts';
import { settingsTexts } from '../../texts/settings.ts';
import { shellTexts } from '../../texts/shell.ts';
import { Invite } from './invite.tsx';
import { RevokeInvitation } from './revoke-invitation.tsx';

const texts = settingsTexts.team;

type Invitation = Answer<'listInvitations'>['data'][number];

/** Who is invited and has not accepted yet. */
export function Invitations() {
  const [isInviting, setIsInviting] = useState(false);
  const [revoked, setRevoked] = useState<Invitation>();
  return (
    <>
      <List
        operation="listInvitations"
        columns={columnsOf(setRevoked)}
        rowId={({ id }) => id}
        label={texts.invitations}
        title={texts.invitations}
        actions={
          <Button variant="primary" onClick={() => setIsInviting(true)}>
            {texts.invite}
          </Button>
        }
        empty={{ title: texts.noInvitations, text: texts.noInvitationsText }}
      />
      {isInviting && <Invite onClose={() => setIsInviting(false)} />}
      {revoked && <RevokeInvitation {...revoked} onClose={() => setRevoked(undefined)} />}
    </>
  );
}

function columnsOf(onRevoke: (invitation: Invitation) => void): readonly TableProps.ColumnDefinition<Invitation>[] {
  return [
    {
      id: 'email',
      header: texts.member,
      isRowHeader: true,
      minWidth: 150,
      cell: ({ email }) => <Address text={email} />,
    },
    { id: 'role', header: texts.role, minWidth: 100, cell: ({ role }) => wordFor(shellTexts.roles, role) },
    {
      id: 'actions',
      header: texts.actions,
      minWidth: 110,
      cell: (invitation) => (
        <Button
          variant="inline-link"
          ariaLabel={texts.of(texts.revoke, invitation.email)}
          onClick={() => onRevoke(invitation)}
        >
          {texts.revoke}
        </Button>
      ),
    },
    { id: 'expires', header: texts.expires, minWidth: 150, cell: ({ expires_at }) => <When at={expires_at} /> },
    { id: 'created', header: texts.created, minWidth: 150, cell: ({ created_at }) => <When at={created_at} /> },
    { id: 'by', header: texts.by, minWidth: 170, cell: ({ created_by }) => <By actor={created_by} /> },
  ];
}
