import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { fieldProblem } from '../../parts/problem-words.ts';
import { webhookTexts as texts } from '../../texts/webhooks.ts';

interface RecoverDeliveriesProps {
  readonly id: string;
  /** From when on it is likely to have missed something. */
  readonly since: string;
  readonly onClose: () => void;
}

/** Has everything sent again that was missed since an instant. The same again only shows how far it has come. */
export function RecoverDeliveries({ id, since: likely, onClose }: RecoverDeliveriesProps) {
  const recover = useChange('recoverDeliveries');
  const [since, setSince] = useState(likely);
  const isGood = /^\d{4}-\d{2}-\d{2}/.test(since) && !Number.isNaN(Date.parse(since));
  const { data } = recover;
  return (
    <Dialog
      title={texts.recover}
      onClose={onClose}
      action={texts.recover}
      onAction={() => recover.mutate({ path: { endpoint_id: id }, body: { since } })}
      isPending={recover.isPending}
      isDone={recover.isSuccess}
      isDisabled={!isGood}
      error={recover.error}
    >
      <Box>
        {texts.recoverText} <DocsLink to="webhooks#events-you-missed">{texts.recoverGuide}</DocsLink>
      </Box>
      <FormField label={texts.since} errorText={isGood ? fieldProblem(recover.error, 'since') : texts.badSince}>
        <Input value={since} onChange={({ detail }) => setSince(detail.value.trim())} />
      </FormField>
      {data && (
        <Alert type="success" header={texts.recovered(data.recovered)}>
          <div role="status">{data.in_progress ? texts.recoverGoesOn : texts.recovered(data.recovered)}</div>
        </Alert>
      )}
    </Dialog>
  );
}
