import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import type { TestEndpointBody } from '../../../../sdk/typescript/src/api.ts';
import type { Answer } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { webhookTexts as texts } from '../../texts/webhooks.ts';
import { whatCame } from './what-came.ts';

const TEST = 'webhook.test';
const TYPES = [
  { value: TEST, label: TEST, description: texts.testEvent },
  ...Object.entries(texts.eventWords).map(([value, description]) => ({ value, label: value, description })),
];

/** Posts an event now, and says what the endpoint answered. */
export function TestEndpoint({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { mode } = useChosen();
  const [type, setType] = useState(TEST);
  const test = useChange('testEndpoint');
  const types = mode === 'test' ? TYPES : TYPES.filter(({ value }) => value === TEST);
  return (
    <Dialog
      title={texts.test}
      onClose={onClose}
      action={texts.send}
      onAction={() => test.mutate({ path: { endpoint_id: id }, body: { type } as TestEndpointBody })}
      isPending={test.isPending}
      isDone={test.isSuccess}
      error={test.error}
    >
      <Box>
        {texts.testText} {mode === 'live' && texts.testLive}
      </Box>
      <FormField label={texts.testType}>
        <Select
          selectedOption={types.find(({ value }) => value === type) ?? null}
          options={types}
          expandToViewport
          onChange={({ detail }) => setType(detail.selectedOption.value ?? TEST)}
        />
      </FormField>
      {test.data && <Result delivery={test.data} />}
    </Dialog>
  );
}

function Result({ delivery: { id, status, attempts } }: { readonly delivery: Answer<'testEndpoint'> }) {
  const last = attempts.at(-1);
  const isDelivered = status === 'delivered';
  return (
    <Alert type={isDelivered ? 'success' : 'error'} header={isDelivered ? texts.delivered : texts.notDelivered}>
      <div role="status">{last && whatCame(last)}</div>
      <AppLink to={`/events/${id}`}>{texts.showEvent}</AppLink>
    </Alert>
  );
}
