import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { type FormEvent, useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { isLocal } from '../../config.ts';
import { CodeBlock } from '../../parts/code-block.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { fieldProblem } from '../../parts/problem-words.ts';
import { useDraft } from '../../parts/use-draft.ts';
import { settingsTexts } from '../../texts/settings.ts';
import { RoleChoice } from './role-choice.tsx';
import type { Role } from './roles.ts';

const texts = settingsTexts.team;
const NOBODY: { email: string; role: Role } = { email: '', role: 'viewer' };

/** The same address again gets a new link, so a lost answer costs nothing. */
export function Invite({ onClose }: { readonly onClose: () => void }) {
  const [form, setForm, clear] = useDraft('invitation', NOBODY);
  const [isTried, setIsTried] = useState(false);
  const invite = useChange('createInvitation');
  const email = form.email.trim();
  const isAddress = /^\S+@\S+\.\S+$/.test(email);
  const problem = isTried && !isAddress ? texts.noEmail : fieldProblem(invite.error, 'email');
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    setIsTried(true);
    if (isAddress && !invite.isPending) invite.mutate({ body: { email, role: form.role } }, { onSuccess: clear });
  };
  if (invite.data) {
    return (
      <Dialog title={texts.inviteTitle} onClose={onClose}>
        <Invited invitation={invite.data} />
      </Dialog>
    );
  }
  return (
    <Dialog
      title={texts.inviteTitle}
      onClose={onClose}
      action={texts.send}
      onAction={submit}
      isPending={invite.isPending}
      error={fieldProblem(invite.error, 'email') ? null : invite.error}
    >
      <Box>{texts.inviteText}</Box>
      <form onSubmit={submit} noValidate>
        <FormField label={texts.email} errorText={problem} stretch>
          <Input
            value={form.email}
            type="email"
            autoComplete={false}
            onChange={({ detail }) => setForm({ ...form, email: detail.value })}
          />
        </FormField>
      </form>
      <RoleChoice role={form.role} onChange={(role) => setForm({ ...form, role })} />
    </Dialog>
  );
}

/** Where no mail is sent, the link is here and never again. */
function Invited({ invitation: { email, mailed, link } }: { readonly invitation: Answer<'createInvitation'> }) {
  return (
    <>
      <Alert type={mailed ? 'success' : 'warning'} header={texts.invited(email)}>
        <div role="status">{mailed ? (isLocal() ? texts.mailedHere : texts.mailed) : texts.notMailed}</div>
      </Alert>
      {link && <CodeBlock text={link} what={texts.link} />}
    </>
  );
}
