import Box from '@cloudscape-design/components/box';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { Dialog } from '../../parts/dialog.tsx';
import { Money } from '../../parts/money.tsx';
import { moneyText } from '../../parts/money-text.ts';
import { useChosen } from '../../session/chosen.tsx';
import { sendTexts as texts } from '../../texts/send.ts';
import type { Ready } from './send-form.tsx';

interface ConfirmSendProps {
  readonly ready: Ready;
  readonly reference: string;
  readonly isSending: boolean;
  readonly error: Error | null;
  readonly onSend: () => void;
  readonly onClose: () => void;
}

/** The last look before money moves. */
export function ConfirmSend({ ready, reference, isSending, error, onSend, onClose }: ConfirmSendProps) {
  const { mode } = useChosen();
  const { order, product, network, holder } = ready;
  const { currency } = product;
  return (
    <Dialog
      title={texts.confirm}
      action={texts.send(moneyText(order.amount, currency))}
      onAction={onSend}
      isPending={isSending}
      error={error}
      onClose={onClose}
    >
      <KeyValuePairs
        columns={2}
        items={[
          { label: texts.number, value: <b>{order.target}</b> },
          { label: texts.amount, value: <Money amount={order.amount} currency={currency} /> },
          { label: texts.product, value: product.name },
          { label: texts.network, value: network },
          ...(holder ? [{ label: texts.holderLabel, value: holder }] : []),
          ...(order.custom_sms ? [{ label: texts.messageLabel, value: order.custom_sms }] : []),
          { label: texts.reference, value: <span className="code">{reference}</span> },
        ]}
      />
      <Box>{mode === 'test' ? texts.confirmTest : texts.confirmText}</Box>
    </Dialog>
  );
}
