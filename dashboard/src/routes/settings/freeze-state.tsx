import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { By } from '../../parts/by.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { fieldProblem } from '../../parts/problem-words.ts';
import { When } from '../../parts/when.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { settingsTexts } from '../../texts/settings.ts';

const texts = settingsTexts.business;

type Account = Answer<'getAccount'>;
type Act = 'freeze' | 'unfreeze';

/** Whether this mode is frozen, by whom and why; and how to change that. */
export function FreezeState({ account }: { readonly account: Account }) {
  const { may, mode } = useChosen();
  const [act, setAct] = useState<Act>();
  const isOurs = account.freezes.some(({ by }) => by?.type === 'operator');
  const isTheirs = account.freezes.some(({ by }) => by?.type !== 'operator');
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {!isTheirs && may('account:freeze') && (
                <Button onClick={() => setAct('freeze')}>{texts.freeze[mode]}</Button>
              )}
              {isTheirs && may('account:write') && (
                <Button onClick={() => setAct('unfreeze')}>{texts.unfreeze[mode]}</Button>
              )}
            </SpaceBetween>
          }
        >
          {texts.freezeTitle}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <div role="status">
          {account.frozen ? (
            <Alert type="warning" header={texts.frozenTitle[mode]}>
              {account.freezes.map((freeze) => (
                <div key={freeze.since}>
                  {texts.frozenSince} <When at={freeze.since} /> {texts.frozenBy} <By actor={freeze.by} />:{' '}
                  {freeze.reason}
                </div>
              ))}
              {isOurs && <div>{texts.ours}</div>}
              {isTheirs && !may('account:write') && <div>{texts.freezeOwner}</div>}
            </Alert>
          ) : (
            <StatusIndicator type="success">{texts.notFrozen}</StatusIndicator>
          )}
        </div>
        <Box>
          {texts.freezeText[mode]} <DocsLink to="account">{texts.freezeGuide}</DocsLink>
        </Box>
      </SpaceBetween>
      {act && <FreezeDialog act={act} onClose={() => setAct(undefined)} />}
    </Container>
  );
}

interface FreezeDialogProps {
  readonly act: Act;
  readonly onClose: () => void;
}

/** Both may be repeated: a freeze that is there stays as it is. */
function FreezeDialog({ act, onClose }: FreezeDialogProps) {
  const { mode, may } = useChosen();
  const change = useChange(act === 'freeze' ? 'freezeAccount' : 'unfreezeAccount');
  const [reason, setReason] = useState('');
  const [isTried, setIsTried] = useState(false);
  const problem = isTried && reason.trim() === '' ? texts.noReason : fieldProblem(change.error, 'reason');
  const submit = () => {
    setIsTried(true);
    if (reason.trim() !== '') change.mutate({ body: { reason: reason.trim() } }, { onSuccess: onClose });
  };
  return (
    <Dialog
      title={texts[act][mode]}
      onClose={onClose}
      action={texts[act][mode]}
      onAction={submit}
      isPending={change.isPending}
      error={fieldProblem(change.error, 'reason') ? null : change.error}
    >
      <Box>
        {act === 'freeze' ? texts.freezeAsk : texts.unfreezeAsk}{' '}
        {act === 'freeze' && !may('account:write') && texts.freezeOwner}
      </Box>
      <FormField label={texts.reason} description={texts.reasonHint} errorText={problem} stretch>
        <Textarea value={reason} rows={2} autoFocus onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </Dialog>
  );
}
