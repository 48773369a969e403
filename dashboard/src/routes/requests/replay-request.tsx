import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useReplay } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { CodeBlock } from '../../parts/code-block.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { requestTexts as texts } from '../../texts/requests.ts';
import { jsonOf, pathOf, readable } from './replay.ts';

interface ReplayRequestProps {
  readonly kept: Answer<'getRequest'>;
  readonly onClose: () => void;
}

/**
 * Sends a request of test mode again, changed if somebody likes. Its own idempotency key goes with it, and its body has
 * its reference, so what was done is not done a second time.
 */
export function ReplayRequest({ kept, onClose }: ReplayRequestProps) {
  const replay = useReplay();
  const hasBody = kept.method !== 'GET' && kept.method !== 'DELETE';
  const [body, setBody] = useState(() => readable(kept.request_body ?? ''));
  const value = jsonOf(body);
  // Another body under the key of the first one would be refused.
  const [ownKey] = useState(() => crypto.randomUUID());
  const sentKey = kept.request_headers['idempotency-key'];
  const isSame = body === readable(kept.request_body ?? '');
  const isGood = !hasBody || body.trim() === '' || value !== undefined;
  const path = pathOf(kept);
  const act = () =>
    replay.mutate({
      ...{ method: kept.method, path, idempotencyKey: sentKey && (isSame ? sentKey : ownKey) },
      ...(hasBody && value !== undefined ? { body: value } : {}),
    });
  return (
    <Dialog
      title={texts.replayTitle}
      size="large"
      onClose={onClose}
      action={texts.send}
      onAction={act}
      isPending={replay.isPending}
      isDone={replay.isSuccess}
      isDisabled={!isGood}
      error={replay.error}
    >
      <Box>{texts.replayText}</Box>
      <div className="code">
        {kept.method} {path}
      </div>
      {hasBody && (
        <FormField label={texts.replayBody} errorText={isGood ? undefined : texts.badJson} stretch>
          <Textarea value={body} rows={8} spellcheck={false} onChange={({ detail }) => setBody(detail.value)} />
        </FormField>
      )}
      {replay.isSuccess && <NewAnswer answer={replay.data} operation={kept.operation} />}
    </Dialog>
  );
}

function NewAnswer({ answer, operation }: { readonly answer: unknown; readonly operation: string }) {
  const id = (answer as { id?: unknown } | null)?.id;
  return (
    <>
      <Alert type="success" header={texts.accepted}>
        <div role="status">{texts.again}</div>
        {operation === 'create-order' && typeof id === 'string' && (
          <AppLink to={`/orders/${id}`}>{texts.showOrder}</AppLink>
        )}
      </Alert>
      <CodeBlock
        text={typeof answer === 'string' ? answer : JSON.stringify(answer, null, 2)}
        what={texts.newAnswer.toLowerCase()}
      />
    </>
  );
}
