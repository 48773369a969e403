import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { useRead } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { compareDecimals } from '../../parts/decimal.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Money } from '../../parts/money.tsx';
import { moneyText } from '../../parts/money-text.ts';
import { When } from '../../parts/when.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { wordFor } from '../../texts/language.ts';
import { orderTexts } from '../../texts/orders.ts';
import { sendTexts as texts } from '../../texts/send.ts';
import { pathOfOrder } from '../orders/path-of-order.ts';
import type { Ready } from './send-form.tsx';
import { useBalance } from './use-balance.ts';

interface ConfirmSendProps {
  readonly ready: Ready;
  readonly reference: string;
  readonly isSending: boolean;
  readonly error: Error | null;
  readonly onSend: () => void;
  readonly onClose: () => void;
}

/** An order of the same number and amount may be a second press, or somebody else's at the next counter. */
const EARLIER_MS = 600_000;

function Earlier({ target, amount, currency }: { target: string; amount: string | number; currency: string }) {
  const { may } = useChosen();
  const orders = useRead('listOrders', { query: { target, limit: 10 } }, { enabled: may('orders:read'), staleMs: 0 });
  const same = orders.data?.data.find(
    (each) =>
      each.currency === currency &&
      compareDecimals(each.amount, amount) === 0 &&
      (!each.final || (each.status === 'success' && Date.parse(each.created_at) > Date.now() - EARLIER_MS)),
  );
  if (!same) return null;
  const status = wordFor(orderTexts.statusWords, same.status);
  return (
    <Alert type="warning">
      {texts.earlier(status)} <When at={same.created_at} />. {texts.earlierText}{' '}
      <AppLink to={pathOfOrder(same)}>{same.agent_reference}</AppLink>
    </Alert>
  );
}

/** The last look before money moves. */
export function ConfirmSend({ ready, reference, isSending, error, onSend, onClose }: ConfirmSendProps) {
  const { mode } = useChosen();
  const { order, product, network, holder } = ready;
  const { currency } = product;
  const { balance, isShort } = useBalance(currency, String(order.amount));
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
      {isShort && balance && !error && (
        <Alert type="warning" action={<AppLink to="/wallet">{texts.toWallet}</AppLink>}>
          {texts.short(balance)}
        </Alert>
      )}
      {!isSending && !error && <Earlier target={order.target} amount={order.amount} currency={currency} />}
      <Box>{mode === 'test' ? texts.confirmTest : texts.confirmText}</Box>
    </Dialog>
  );
}
