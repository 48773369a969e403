import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { isRefused } from '../../api/problem.ts';
import { useChange } from '../../api/queries.ts';
import { APP_URL } from '../../config.ts';
import { isAmount } from '../../parts/money-text.ts';
import { useChosen } from '../../session/chosen.tsx';
import { shellTexts } from '../../texts/shell.ts';
import { walletTexts as texts } from '../../texts/wallet.ts';
import { AmountField, CurrencyField } from './amount-fields.tsx';
import { FormDialog } from './form-dialog.tsx';
import { goToPayment } from './go-to-payment.ts';
import type { TopupDraft } from './use-topup-draft.ts';

/** What Pesepay takes. */
const PAYABLE = ['USD', 'ZWG'];

interface TopupDialogProps {
  readonly draft: TopupDraft;
  readonly onClose: () => void;
}

/**
 * Starts a payment. The reference was made when the dialog was opened and is kept in the tab until an answer is there,
 * so that sending again, also after a reload, is the same payment. Something else in the form is another one.
 */
export function TopupDialog({ draft, onClose }: TopupDialogProps) {
  const { mode } = useChosen();
  const navigate = useNavigate();
  const [isChecked, setChecked] = useState(false);
  const start = useChange('startTopup');
  const { amount, currency, reference, wasSent } = draft.value;
  const isGood = isAmount(amount, currency);
  const send = () => {
    setChecked(true);
    if (!isGood) return;
    draft.markSent(true);
    const body = { amount, currency, reference, return_url: `${APP_URL}/wallet/topups/${reference}` };
    start.mutate(
      { body },
      {
        onSuccess: ({ id, status, redirect_url: url }) => {
          draft.clear();
          onClose();
          // One that was sent before may have been paid meanwhile.
          if (status === 'pending' && url) goToPayment(url);
          else navigate({ to: `/wallet/topups/${id}` });
        },
        onError: (error) => draft.markSent(!isRefused(error, { isRepeat: wasSent })),
      },
    );
  };
  return (
    <FormDialog
      title={texts.topUpTitle}
      submit={texts.goOn}
      isPending={start.isPending}
      error={isChecked && !isGood ? null : start.error}
      onSubmit={send}
      onClose={onClose}
    >
      {wasSent && !start.isPending && !start.error && <Alert type="warning">{texts.lost}</Alert>}
      <Box>
        {texts.topUpText} {mode === 'test' && texts.testPayments}
      </Box>
      <CurrencyField currencies={PAYABLE} value={currency} onChange={(each) => draft.change({ currency: each })} />
      <AmountField
        label={texts.amount}
        hint={texts.topUpHint}
        currency={currency}
        value={amount}
        isWrong={isChecked && !isGood}
        onChange={(each) => draft.change({ amount: each })}
      />
      <Box variant="small" color="text-body-secondary">
        {texts.otherCurrencies}{' '}
        <Link
          href="/docs/topups#other-currencies"
          external
          fontSize="inherit"
          externalIconAriaLabel={shellTexts.newTab}
        >
          {texts.otherCurrenciesLink}
        </Link>
      </Box>
    </FormDialog>
  );
}
