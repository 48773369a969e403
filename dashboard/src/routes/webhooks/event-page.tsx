import Alert, { type AlertProps } from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from '@tanstack/react-router';
import type { Answer } from '../../api/client.ts';
import { useChange, useRead } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { CodeBlock } from '../../parts/code-block.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Rows } from '../../parts/rows.tsx';
import { useNow } from '../../parts/use-now.ts';
import { When } from '../../parts/when.tsx';
import { relativeText } from '../../parts/when-text.ts';
import { useChosen } from '../../session/chosen.tsx';
import { wordFor } from '../../texts/language.ts';
import { shellTexts } from '../../texts/shell.ts';
import { webhookTexts as texts } from '../../texts/webhooks.ts';
import { pathOfOrderId } from '../orders/path-of-order.ts';
import { DeliveryStatus } from './delivery-status.tsx';
import { OrderLink } from './order-link.tsx';
import { whatCame } from './what-came.ts';

type Delivery = Answer<'getDelivery'>;

/** One event on its way to one endpoint: what is posted, each attempt, and when the next is due. */
export function EventPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const { may } = useChosen();
  const path = { delivery_id: id };
  const delivery = useRead('getDelivery', { path }, { isOpen: ({ status }) => status === 'pending' });
  const resend = useChange('resendDelivery');
  const isKept = delivery.data?.status === 'kept';
  return (
    <Page
      title={delivery.data?.event_type ?? shellTexts.pages.event}
      actions={
        delivery.data &&
        !isKept &&
        may('webhooks:write') && (
          <Button loading={resend.isPending} onClick={() => resend.mutate({ path })}>
            {texts.resend}
          </Button>
        )
      }
    >
      <Loaded query={delivery}>
        {(data) => (
          <SpaceBetween size="l">
            {resend.error && <ProblemAlert error={resend.error} />}
            <Now delivery={data} />
            <Details delivery={data} />
            <Attempts attempts={data.attempts} />
            <Container header={<Header variant="h2">{texts.body}</Header>}>
              <CodeBlock text={JSON.stringify(data.event, null, 2)} what={texts.body.toLowerCase()} />
            </Container>
          </SpaceBetween>
        )}
      </Loaded>
    </Page>
  );
}

const KINDS: Readonly<Record<string, AlertProps.Type>> = { delivered: 'success', failed: 'error', held: 'warning' };

/** Announced when it changes. */
function Now({ delivery: { status, next_try_at, attempts } }: { readonly delivery: Delivery }) {
  const now = useNow(next_try_at !== null);
  const last = attempts.at(-1);
  const isDue = next_try_at !== null && new Date(next_try_at).getTime() <= now;
  return (
    <Alert type={KINDS[status] ?? 'info'} header={wordFor(texts.statusWords, status)}>
      <div role="status">
        {wordFor(texts.now, status)} {last && whatCame(last)}
      </div>
      {next_try_at && <div role="timer">{isDue ? texts.nextDue : texts.nextIn(relativeText(next_try_at, now))}</div>}
    </Alert>
  );
}

function Details({ delivery }: { readonly delivery: Delivery }) {
  const { endpoint_id, order_id, agent_reference } = delivery;
  const items = [
    { label: texts.deliveryStatus, value: <DeliveryStatus status={delivery.status} /> },
    { label: texts.endpoint, value: <AppLink to={`/webhooks/${endpoint_id}`}>{delivery.url ?? endpoint_id}</AppLink> },
    ...(order_id
      ? [{ label: texts.order, value: <OrderLink id={order_id} to={pathOfOrderId(order_id, agent_reference)} /> }]
      : []),
    { label: texts.attempts, value: texts.attemptsOf(delivery.tries, delivery.resends) },
    { label: texts.created_at, value: <When at={delivery.created_at} /> },
    { label: texts.statusWords.delivered, value: <When at={delivery.delivered_at} /> },
    { label: texts.eventId, value: <Copy text={delivery.event_id} what={texts.eventId} /> },
  ];
  return (
    <Container>
      <KeyValuePairs columns={3} items={items} />
    </Container>
  );
}

function Attempts({ attempts }: { readonly attempts: Delivery['attempts'] }) {
  return (
    <Rows
      items={attempts.toReversed()}
      trackBy="at"
      ariaLabels={{ tableLabel: texts.attemptsLabel }}
      header={<Header variant="h2">{texts.attempts}</Header>}
      empty={<Empty title={texts.noAttempts} text={texts.noAttemptsText} />}
      columnDefinitions={[
        { id: 'at', header: texts.time, minWidth: 150, cell: ({ at }) => <When at={at} /> },
        { id: 'answer', header: texts.answer, minWidth: 90, cell: ({ status }) => status ?? '–' },
        { id: 'error', header: texts.error, minWidth: 150, cell: ({ error }) => error ?? '–' },
        { id: 'took', header: texts.latency, minWidth: 90, cell: ({ latency_ms }) => `${latency_ms} ms` },
        { id: 'excerpt', header: texts.excerpt, minWidth: 200, cell: ({ excerpt }) => excerpt || '–' },
      ]}
    />
  );
}
