import Box from '@cloudscape-design/components/box';
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { isAmount } from '../../parts/money-text.ts';
import { walletTexts as texts } from '../../texts/wallet.ts';
import { AmountField } from './amount-fields.tsx';
import { FormDialog } from './form-dialog.tsx';

interface ThresholdDialogProps {
  readonly wallet: Answer<'getWallet'>['wallets'][number];
  readonly onClose: () => void;
  readonly onSaved: (text: string) => void;
}

/** The balance below which an event is published. */
export function ThresholdDialog({ wallet, onClose, onSaved }: ThresholdDialogProps) {
  const { currency, low_balance_threshold: before } = wallet;
  const [amount, setAmount] = useState(before === null ? '' : String(before));
  const [isChecked, setChecked] = useState(false);
  const update = useChange('updateWallet');
  const isGood = amount === '' || isAmount(amount, currency);
  const send = () => {
    setChecked(true);
    if (!isGood) return;
    const input = { path: { currency }, body: { low_balance_threshold: amount === '' ? null : amount } };
    update.mutate(input, { onSuccess: () => onSaved(texts.thresholdSaved(currency)) });
  };
  return (
    <FormDialog
      title={texts.thresholdTitle(currency)}
      submit={texts.save}
      isPending={update.isPending}
      error={update.error}
      onSubmit={send}
      onClose={onClose}
    >
      <Box>{texts.thresholdText}</Box>
      <AmountField
        label={texts.threshold}
        currency={currency}
        value={amount}
        isWrong={isChecked && !isGood}
        onChange={setAmount}
      />
    </FormDialog>
  );
}
