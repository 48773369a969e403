import Box from '@cloudscape-design/components/box';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { CURRENCIES, isAmount, moneyText } from '../../parts/money-text.ts';
import { walletTexts as texts } from '../../texts/wallet.ts';
import { AmountField, CurrencyField } from './amount-fields.tsx';
import { FormDialog } from './form-dialog.tsx';

interface PlayBalanceDialogProps {
  readonly onClose: () => void;
  readonly onSaved: (text: string) => void;
}

/** Test mode only: what a wallet holds. To set the same balance twice changes nothing. */
export function PlayBalanceDialog({ onClose, onSaved }: PlayBalanceDialogProps) {
  const [currency, setCurrency] = useState('USD');
  const [balance, setBalance] = useState('');
  const [isChecked, setChecked] = useState(false);
  const set = useChange('setTestBalance');
  const isGood = isAmount(balance, currency);
  const send = () => {
    setChecked(true);
    if (!isGood) return;
    set.mutate(
      { body: { currency, balance } },
      { onSuccess: () => onSaved(texts.balanceSet(currency, moneyText(balance, currency))) },
    );
  };
  return (
    <FormDialog
      title={texts.setBalanceTitle}
      submit={texts.save}
      isPending={set.isPending}
      error={set.error}
      onSubmit={send}
      onClose={onClose}
    >
      <Box>{texts.setBalanceText}</Box>
      <CurrencyField currencies={CURRENCIES} value={currency} onChange={setCurrency} />
      <AmountField
        label={texts.balance}
        currency={currency}
        value={balance}
        isWrong={isChecked && !isGood}
        onChange={setBalance}
      />
    </FormDialog>
  );
}
