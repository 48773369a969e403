import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect } from 'react';
import type { Answer } from '../../api/client.ts';
import { Problem } from '../../api/problem.ts';
import { useRead } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { Copy } from '../../parts/copy.tsx';
import { focusHeading } from '../../parts/focus-heading.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { Money } from '../../parts/money.tsx';
import { moneyText } from '../../parts/money-text.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { orderTexts } from '../../texts/orders.ts';
import { sendTexts as texts } from '../../texts/send.ts';
import { OrderNow } from '../orders/order-now.tsx';
import { OrderStatus } from '../orders/order-status.tsx';
import { TestClock } from '../orders/test-clock.tsx';
import type { KeptOrder } from './kept-order.ts';

type Order = Answer<'getOrder'>;

interface SentOrderProps {
  readonly reference: string;
  /** What was sent, for as long as its end is not known. */
  readonly kept: KeptOrder | undefined;
  readonly warnings: readonly { readonly other_reference: string }[];
  /** Once its end is known. */
  readonly onEnd: () => void;
  readonly isSending: boolean;
  /** Why the last request has no answer to show. */
  readonly error: Error | null;
  readonly onSendAgain: (() => void) | undefined;
  readonly onAnother: () => void;
  readonly onGiveUp: () => void;
}

/** What happened to an order: looked up by its reference, so also where the answer was lost. */
export function SentOrder(props: SentOrderProps) {
  const { reference, kept, warnings, onEnd, isSending, error, onSendAgain, onAnother, onGiveUp } = props;
  const order = useRead('getOrder', { path: { agent_reference: reference } }, { isOpen: ({ final }) => !final });
  useEffect(focusHeading, []);
  const isFinal = order.data?.final === true;
  useEffect(() => {
    if (isFinal) onEnd();
  });
  const isMissing = order.error instanceof Problem && order.error.status === 404 && order.data === undefined;
  if (isMissing && onSendAgain) {
    return (
      <Alert
        type="warning"
        header={texts.notThere}
        action={
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={isSending} onClick={onGiveUp}>
              {texts.giveUp}
            </Button>
            <Button variant="primary" loading={isSending} onClick={onSendAgain}>
              {texts.sendAgain}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="xs">
          <div role="status">{texts.notThereText}</div>
          {kept && <b>{summaryOf(kept)}</b>}
          {error && <ProblemAlert error={error} />}
        </SpaceBetween>
      </Alert>
    );
  }
  if (!order.data && kept) {
    return (
      <SpaceBetween size="l">
        <Awaited kept={kept} />
        <Loaded query={order}>{() => null}</Loaded>
      </SpaceBetween>
    );
  }
  return (
    <Loaded query={order}>
      {(data) => (
        <SpaceBetween size="l">
          <OrderNow order={data} />
          {warnings.map(({ other_reference }) => (
            <Alert key={other_reference} type="warning">
              {texts.duplicate(other_reference)}
            </Alert>
          ))}
          <Details order={data} onAnother={onAnother} />
        </SpaceBetween>
      )}
    </Loaded>
  );
}

/** Before anything is known of it: which order it is about, so that nobody sends another one meanwhile. */
function Awaited({ kept }: { readonly kept: KeptOrder }) {
  return (
    <Alert type="warning" header={summaryOf(kept)}>
      <div>{texts.awaited(kept.reference)}</div>
      {!navigator.onLine && <div>{texts.offline}</div>}
    </Alert>
  );
}

function summaryOf({ order, currency }: KeptOrder): string {
  return texts.summary(moneyText(order.amount, currency), order.target);
}

function Details({ order, onAnother }: { readonly order: Order; readonly onAnother: () => void }) {
  const { tokens } = order;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {!order.final && order.mode === 'test' && <TestClock order={order} />}
              <Button variant="primary" onClick={onAnother}>
                {texts.another}
              </Button>
            </SpaceBetween>
          }
        >
          {texts.sent}
        </Header>
      }
    >
      <KeyValuePairs
        columns={3}
        items={[
          { label: orderTexts.status, value: <OrderStatus status={order.status} isReviewed={order.under_review} /> },
          { label: texts.amount, value: <Money amount={order.amount} currency={order.currency} /> },
          { label: texts.number, value: order.target },
          { label: texts.network, value: order.network },
          ...(tokens ?? []).map(({ token }) => ({
            label: orderTexts.tokens,
            value: <Copy text={token} what={orderTexts.tokens} />,
          })),
          {
            label: texts.reference,
            value: <AppLink to={`/orders/${order.id}`}>{order.agent_reference}</AppLink>,
          },
        ]}
      />
    </Container>
  );
}
