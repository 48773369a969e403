import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { useMembership } from '../../session/chosen.tsx';
import { keyTexts as texts } from '../../texts/keys.ts';
import { KeyProblem } from './key-problem.tsx';
import { MadeKey } from './made-key.tsx';
import { keepForExamples } from './session-key.ts';

interface KeyDialogProps {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** Gives a key a successor, which is shown here and only once. */
export function RollKey({ id, name, onClose }: KeyDialogProps) {
  const { merchant_id } = useMembership();
  const roll = useChange('rollKey');
  const [hours, setHours] = useState('24');
  const isGood = /^\d{1,3}$/.test(hours) && Number(hours) <= 168;
  if (roll.data) {
    return (
      <Dialog title={texts.rollTitle(name)} onClose={onClose} size="large">
        <MadeKey made={roll.data} />
      </Dialog>
    );
  }
  const act = () =>
    roll.mutate(
      { path: { key_id: id }, body: { overlap_hours: Number(hours) } },
      { onSuccess: (made) => keepForExamples(merchant_id, made) },
    );
  return (
    <Dialog
      title={texts.rollTitle(name)}
      onClose={onClose}
      action={texts.roll}
      onAction={act}
      isPending={roll.isPending}
      isDisabled={!isGood}
    >
      <Box>{texts.rollText}</Box>
      <FormField
        label={texts.overlap}
        description={texts.overlapHint}
        errorText={isGood ? undefined : texts.badOverlap}
      >
        <Input value={hours} inputMode="numeric" onChange={({ detail }) => setHours(detail.value.trim())} />
      </FormField>
      <Box>
        {texts.rollLeaked} <DocsLink to="keys#a-key-leaked">{texts.leaked}</DocsLink>
      </Box>
      {roll.error && <KeyProblem error={roll.error} />}
    </Dialog>
  );
}
