import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { Dialog } from '../../parts/dialog.tsx';
import { Money } from '../../parts/money.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { bulkTexts as texts } from '../../texts/bulk.ts';
import type { Preview, useNewBatch } from './use-new-batch.ts';

interface RunBatchProps {
  readonly batch: ReturnType<typeof useNewBatch>;
  readonly preview: Preview;
}

/** Runs exactly what was checked, once somebody has confirmed it. */
export function RunBatch({ batch, preview }: RunBatchProps) {
  const [isLeavingOut, setIsLeavingOut] = useState(false);
  const [isOpen, setIsOpen] = useState(false);
  const reason = reasonNot(batch.isCurrent, preview, isLeavingOut);
  return (
    <SpaceBetween size="s">
      {preview.invalid > 0 && preview.valid > 0 && (
        <Checkbox checked={isLeavingOut} onChange={({ detail }) => setIsLeavingOut(detail.checked)}>
          {texts.leaveOutAll(preview.invalid)}
        </Checkbox>
      )}
      <SpaceBetween direction="horizontal" size="xs">
        {!batch.isCurrent && batch.file && (
          <Button variant="primary" loading={batch.checking.isPending} onClick={batch.checkAgain}>
            {texts.checkAgain}
          </Button>
        )}
        <Button
          variant={batch.isCurrent ? 'primary' : 'normal'}
          disabled={reason !== undefined}
          disabledReason={reason}
          onClick={() => {
            batch.running.reset();
            setIsOpen(true);
          }}
        >
          {texts.run}
        </Button>
      </SpaceBetween>
      {isOpen && (
        <Confirm
          {...{ batch, preview }}
          onRun={() => batch.run(isLeavingOut ? 'valid_rows' : 'all_or_nothing')}
          onClose={() => setIsOpen(false)}
        />
      )}
    </SpaceBetween>
  );
}

function reasonNot(isCurrent: boolean, preview: Preview, isLeavingOut: boolean): string | undefined {
  if (!isCurrent) return texts.checkFirst;
  if (preview.existing_batch) return texts.existingText;
  if (preview.valid === 0) return texts.nothingToRun;
  if (preview.invalid > 0 && !isLeavingOut) return texts.problemsFirst;
  return preview.is_covered === false ? texts.topUp : undefined;
}

interface ConfirmProps extends RunBatchProps {
  readonly onRun: () => void;
  readonly onClose: () => void;
}

/** The last look before money moves. */
function Confirm({ batch, preview, onRun, onClose }: ConfirmProps) {
  const { mode } = useChosen();
  const { running } = batch;
  return (
    <Dialog
      title={texts.confirm}
      action={texts.runCount(preview.valid)}
      onAction={onRun}
      isPending={running.isPending}
      error={running.error}
      onClose={onClose}
    >
      <KeyValuePairs
        columns={2}
        items={[
          ...preview.totals.map(({ currency, rows, total }) => ({
            label: texts.rowCount(rows),
            value: <Money amount={total} currency={currency} />,
          })),
          { label: texts.reference, value: <span className="code">{preview.batch_reference}</span> },
        ]}
      />
      <Box>{mode === 'test' ? texts.confirmTest : texts.confirmText}</Box>
    </Dialog>
  );
}
