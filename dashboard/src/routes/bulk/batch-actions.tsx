import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Batch } from '../../../../sdk/typescript/src/api.ts';
import { useAct } from '../../api/act.ts';
import { partsOf } from '../../api/parts.ts';
import { useChange, useScope } from '../../api/queries.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Money } from '../../parts/money.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { useChosen } from '../../session/chosen.tsx';
import { bulkTexts as texts } from '../../texts/bulk.ts';
import type { FailedAmount } from './failed-rows.ts';
import { useFailedRows } from './use-failed-rows.ts';

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
      {asked === 'retry' && <Retry batch={batch} onClose={close} />}
    </SpaceBetween>
  );
}

function Download({ batch }: { readonly batch: Batch }) {
  const scope = useScope();
  const download = useAct<void>({
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

function Stop({ batch, onClose }: { readonly batch: Batch; readonly onClose: () => void }) {
  const cancel = useChange('cancelBulk');
  return (
    <Dialog
      title={texts.stopTitle}
      action={texts.stop}
      back={texts.keep}
      error={cancel.error}
      isPending={cancel.isPending}
      onAction={() => cancel.mutate({ path: { batch_id: batch.id } }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Box>{texts.stopText}</Box>
    </Dialog>
  );
}

interface RetryProps {
  readonly batch: Batch;
  readonly onClose: () => void;
}

/** Safe to repeat: the retry of a batch is always the same one. */
function Retry({ batch, onClose }: RetryProps) {
  const failed = useFailedRows(batch);
  const retry = useChange('retryBulk');
  const navigate = useNavigate();
  const open = ({ id }: { id: string }) => {
    onClose();
    navigate({ to: `/bulk/${id}` });
  };
  return (
    <Dialog
      title={texts.retryTitle}
      action={texts.retry}
      error={retry.error}
      isPending={retry.isPending}
      isDisabled={!failed.data || failed.data.length === 0}
      onAction={() => retry.mutate({ path: { batch_id: batch.id } }, { onSuccess: open })}
      onClose={onClose}
    >
      <Loaded query={failed}>{(amounts) => <Again amounts={amounts} />}</Loaded>
    </Dialog>
  );
}

function Again({ amounts }: { readonly amounts: readonly FailedAmount[] }) {
  if (amounts.length === 0) return <Box>{texts.retryNothing}</Box>;
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={2}
        items={amounts.map(({ currency, rows, total }) => ({
          label: texts.rowCount(rows),
          value: <Money amount={total} currency={currency} />,
        }))}
      />
      <Box>{texts.retryText}</Box>
    </SpaceBetween>
  );
}
