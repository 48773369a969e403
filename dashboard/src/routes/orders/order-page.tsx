import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Steps, { type StepsProps } from '@cloudscape-design/components/steps';
import { useParams } from '@tanstack/react-router';
import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/queries.ts';
import { Copy } from '../../parts/copy.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Maker } from '../../parts/maker.tsx';
import { Money } from '../../parts/money.tsx';
import { Page } from '../../parts/page.tsx';
import { productLabels } from '../../parts/product-labels.ts';
import { When } from '../../parts/when.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { orderTexts as texts } from '../../texts/orders.ts';
import { shellTexts } from '../../texts/shell.ts';
import { BatchLink, CampaignLink } from './made-of.tsx';
import { OrderDeliveries } from './order-deliveries.tsx';
import { OrderEntries } from './order-entries.tsx';
import { OrderNow } from './order-now.tsx';
import { OrderStatus } from './order-status.tsx';
import { OriginalRequest } from './original-request.tsx';
import { TestClock } from './test-clock.tsx';

type Order = Answer<'getOrder'>;

/** One order: what is known, what is not, who is asked and when; and what it did to the wallet and to webhooks. */
export function OrderPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const { may } = useChosen();
  const order = useRead('getOrder', { path: { agent_reference: id } }, { isOpen: ({ final }) => !final });
  return (
    <Page
      title={order.data?.agent_reference ?? shellTexts.pages.order}
      actions={
        order.data &&
        !order.data.final &&
        order.data.mode === 'test' &&
        may('orders:write') && <TestClock order={order.data} />
      }
    >
      <Loaded query={order}>
        {(data) => (
          <SpaceBetween size="l">
            <OrderNow order={data} />
            <Details order={data} />
            <Timeline order={data} />
            <OriginalRequest order={data} />
            {may('wallet:read') && <OrderEntries order={data} />}
            {may('webhooks:read') && <OrderDeliveries orderId={data.id} />}
          </SpaceBetween>
        )}
      </Loaded>
    </Page>
  );
}

function Details({ order }: { readonly order: Order }) {
  return (
    <Container header={<Header variant="h2">{texts.details}</Header>}>
      <KeyValuePairs columns={3} items={detailsOf(order, useProductName(order.product_id))} />
    </Container>
  );
}

/** The catalogue is read once in a session. */
function useProductName(id: number): string | undefined {
  const products = useRead('listProducts', {}, { staleMs: 3_600_000 });
  return productLabels(products.data?.data ?? []).get(id);
}

function detailsOf(order: Order, product: string | undefined) {
  const { tokens, holder } = order;
  return [
    { label: texts.status, value: <OrderStatus status={order.status} isReviewed={order.under_review === true} /> },
    { label: texts.amount, value: <Money amount={order.amount} currency={order.currency} /> },
    { label: texts.number, value: order.target },
    ...(product ? [{ label: texts.product, value: product }] : []),
    { label: texts.network, value: order.network },
    { label: texts.created, value: <When at={order.created_at} /> },
    { label: texts.decided, value: <When at={order.finalized_at} /> },
    { label: texts.id, value: <Copy text={order.id} what={texts.id} /> },
    { label: texts.reference, value: <Copy text={order.agent_reference} what={texts.reference} /> },
    ...(order.provider_ref ? [{ label: texts.providerRef, value: order.provider_ref }] : []),
    ...(order.custom_sms ? [{ label: texts.message, value: order.custom_sms }] : []),
    ...(holder ? [{ label: texts.holder, value: holder.name }] : []),
    ...(tokens ?? []).map(({ token, units }) => ({
      label: texts.tokens,
      value: (
        <>
          <Copy text={token} what={texts.tokens} /> {units && texts.units(units)}
        </>
      ),
    })),
    ...(order.batch_id ? [{ label: texts.batch, value: <BatchLink id={order.batch_id} /> }] : []),
    ...(order.campaign_id ? [{ label: texts.campaign, value: <CampaignLink id={order.campaign_id} /> }] : []),
    ...(order.created_by ? [{ label: texts.by, value: <Maker actor={order.created_by} /> }] : []),
  ];
}

const STEP_KINDS: Readonly<Record<string, StepsProps.Status>> = {
  success: 'success',
  failed: 'error',
  refunded: 'stopped',
  reversed: 'warning',
};

function Timeline({ order }: { readonly order: Order }) {
  return (
    <Container header={<Header variant="h2">{texts.timeline}</Header>}>
      <Steps
        ariaLabel={texts.timeline}
        steps={order.timeline.map(({ at, status, note }) => ({
          status: STEP_KINDS[status] ?? 'info',
          header: note,
          details: <When at={at} />,
        }))}
      />
    </Container>
  );
}
