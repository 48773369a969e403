import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { campaignTexts as texts } from '../../texts/campaigns.ts';
import { SecretOnce } from './secret-once.tsx';

interface RotateSecretProps {
  readonly campaignId: string;
  readonly onClose: () => void;
}

/** Takes a new secret, which is shown in this dialog only. After a lost answer another one can be taken. */
export function RotateSecret({ campaignId, onClose }: RotateSecretProps) {
  const rotate = useChange('rotateCampaignSecret');
  const [hours, setHours] = useState('24');
  const isGood = /^\d{1,3}$/.test(hours) && Number(hours) <= 168;
  if (rotate.data) {
    return (
      <Dialog title={texts.rotateTitle} onClose={onClose}>
        <SecretOnce secret={rotate.data.secret} />
      </Dialog>
    );
  }
  return (
    <Dialog
      title={texts.rotateTitle}
      onClose={onClose}
      action={texts.rotate}
      onAction={() => rotate.mutate({ path: { campaign_id: campaignId }, body: { overlap_hours: Number(hours) } })}
      isPending={rotate.isPending}
      isDisabled={!isGood}
      error={rotate.error}
    >
      <Box>{texts.rotateText}</Box>
      <FormField
        label={texts.overlap}
        description={texts.overlapHint}
        errorText={isGood ? undefined : texts.badOverlap}
      >
        <Input value={hours} inputMode="numeric" onChange={({ detail }) => setHours(detail.value.trim())} />
      </FormField>
    </Dialog>
  );
}
