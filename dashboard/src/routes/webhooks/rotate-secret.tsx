import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { Problem } from '../../api/problem.ts';
import { useChange } from '../../api/queries.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { webhookTexts as texts } from '../../texts/webhooks.ts';

interface RotateSecretProps {
  readonly id: string;
  readonly onClose: () => void;
  /** Gets the new secret, for the page to show. */
  readonly onRotated: (secret: string) => void;
}

export function RotateSecret({ id, onClose, onRotated }: RotateSecretProps) {
  const rotate = useChange('rotateSecret');
  const [hours, setHours] = useState('24');
  const isGood = /^\d{1,3}$/.test(hours) && Number(hours) <= 168;
  const act = () =>
    rotate.mutate(
      { path: { endpoint_id: id }, body: { overlap_hours: Number(hours) } },
      { onSuccess: ({ secret }) => onRotated(secret) },
    );
  return (
    <Dialog
      title={texts.rotate}
      onClose={onClose}
      action={texts.rotate}
      onAction={act}
      isPending={rotate.isPending}
      isDisabled={!isGood}
    >
      <Box>
        {texts.rotateText} <DocsLink to="webhooks#change-the-secret">{texts.rotateGuide}</DocsLink>
      </Box>
      <FormField
        label={texts.overlap}
        description={texts.overlapHint}
        errorText={isGood ? undefined : texts.badOverlap}
      >
        <Input value={hours} inputMode="numeric" onChange={({ detail }) => setHours(detail.value.trim())} />
      </FormField>
      {rotate.error && <RotateProblem error={rotate.error} />}
    </Dialog>
  );
}

function RotateProblem({ error }: { readonly error: Error }) {
  if (!(error instanceof Problem && (error.isOffline || error.status >= 500))) return <ProblemAlert error={error} />;
  return (
    <Alert type="warning" header={texts.rotateLost}>
      {texts.rotateLostText}
    </Alert>
  );
}
