import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Money } from '../../parts/money.tsx';
import { moneyText } from '../../parts/money-text.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
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
    <Modal
      visible
      header={texts.confirm}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" disabled={isSending} onClick={onClose}>
              {texts.cancel}
            </Button>
            <Button variant="primary" loading={isSending} onClick={onSend}>
              {texts.send(moneyText(order.amount, currency))}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
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
        {error && (
          <div role="alert">
            <ProblemAlert error={error} />
          </div>
        )}
      </SpaceBetween>
    </Modal>
  );
}
