import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Batch } from '../../../../sdk/typescript/src/api.ts';
import { partsOf } from '../../api/parts.ts';
import { useChange, useScope } from '../../api/queries.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { useChosen } from '../../session/chosen.tsx';
import { bulkTexts as texts } from '../../texts/bulk.ts';

/** Cancel while it runs, retry what failed once it has ended, and the result as a file at any time. */
export function BatchActions({ batch }: { readonly batch: Batch }) {
  const { may } = useChosen();
  const [asked, setAsked] = useState<'stop' | 'retry'>();
  const { status, counts, finished_at } = batch;
  const failed = counts.failed + counts.refunded + counts.reversed;
  const close = () => setAsked(undefined);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Download batch={batch} />
      {may('orders:write') && status === 'running' && <Button onClick={() => setAsked('stop')}>{texts.stop}</Button>}
      {may('orders:write') && finished_at !== null && failed > 0 && (
        <Button variant="primary" onClick={() => setAsked('retry')}>
          {texts.retry}
        </Button>
      )}
      {asked === 'stop' && <Stop batch={batch} onClose={close} />}
      {asked === 'retry' && <Retry batch={batch} failed={failed} onClose={close} />}
    </SpaceBetween>
  );
}

function Download({ batch }: { readonly batch: Batch }) {
  const scope = useScope();
  const download = useMutation<void, Error>({
    mutationFn: async () => {
      const input = { path: { batch_id: batch.id }, query: { format: 'csv' as const } };
      const parts: string[] = [];
      for await (const part of partsOf(scope, 'listBulkRows', input)) parts.push(part);
      saveFile(`batch-${batch.batch_reference}.csv`, 'text/csv', parts);
    },
  });
  return (
    <>
      <Button iconName="download" loading={download.isPending} onClick={() => download.mutate()}>
        {texts.download}
      </Button>
      {download.error && <ProblemAlert error={download.error} />}
    </>
  );
}

interface AskProps {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly back: string;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onDo: () => void;
  readonly onClose: () => void;
}

function Ask({ title, text, action, back, error, isPending, onDo, onClose }: AskProps) {
  return (
    <Modal
      visible
      header={title}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {back}
            </Button>
            <Button variant="primary" loading={isPending} onClick={onDo}>
              {action}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box>{text}</Box>
        {error && (
          <div role="alert">
            <ProblemAlert error={error} />
          </div>
        )}
      </SpaceBetween>
    </Modal>
  );
}

function Stop({ batch, onClose }: { readonly batch: Batch; readonly onClose: () => void }) {
  const cancel = useChange('cancelBulk');
  return (
    <Ask
      title={texts.stopTitle}
      text={texts.stopText}
      action={texts.stop}
      back={texts.keep}
      error={cancel.error}
      isPending={cancel.isPending}
      onDo={() => cancel.mutate({ path: { batch_id: batch.id } }, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}

interface RetryProps {
  readonly batch: Batch;
  readonly failed: number;
  readonly onClose: () => void;
}

/** Safe to repeat: the retry of a batch is always the same one. */
function Retry({ batch, failed, onClose }: RetryProps) {
  const retry = useChange('retryBulk');
  const navigate = useNavigate();
  const open = ({ id }: { id: string }) => {
    onClose();
    navigate({ to: `/bulk/${id}` });
  };
  return (
    <Ask
      title={texts.retryTitle}
      text={texts.retryText(failed)}
      action={texts.retry}
      back={texts.cancel}
      error={retry.error}
      isPending={retry.isPending}
      onDo={() => retry.mutate({ path: { batch_id: batch.id } }, { onSuccess: open })}
      onClose={onClose}
    />
  );
}
