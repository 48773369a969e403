import Alert, { type AlertProps } from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Steps, { type StepsProps } from '@cloudscape-design/components/steps';
import { useParams } from '@tanstack/react-router';
import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Money } from '../../parts/money.tsx';
import { moneyText } from '../../parts/money-text.ts';
import { Page } from '../../parts/page.tsx';
import { When } from '../../parts/when.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { walletTexts as texts } from '../../texts/wallet.ts';
import { goToPayment } from './go-to-payment.ts';
import { TopupStatus } from './topup-status.tsx';

type Topup = Answer<'getTopup'>;

/**
 * A top-up, by its id or its reference. Whoever has paid comes back to here: that they came back proves nothing, so the
 * page shows what the gateway has confirmed, and asks until it has.
 */
export function TopupPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const topup = useRead('getTopup', { path: { topup_id: id } }, { isOpen: ({ status }) => status === 'pending' });
  const { data } = topup;
  return (
    <Page title={data ? `${texts.topup}: ${moneyText(data.amount, data.currency)}` : texts.topup}>
      <Loaded query={topup}>
        {(loaded) => (
          <SpaceBetween size="l">
            <Now topup={loaded} />
            <Container header={<Header variant="h2">{texts.details}</Header>}>
              <KeyValuePairs columns={3} items={detailsOf(loaded)} />
            </Container>
            <Timeline topup={loaded} />
          </SpaceBetween>
        )}
      </Loaded>
    </Page>
  );
}

const KINDS: Readonly<Record<string, AlertProps.Type>> = { success: 'success', failed: 'error', reversed: 'warning' };

function Now({ topup }: { readonly topup: Topup }) {
  const { may } = useChosen();
  const { status, failure, redirect_url: url } = topup;
  const mayPay = status === 'pending' && !topup.under_review && url !== null && may('wallet:write');
  return (
    <Alert
      type={KINDS[status] ?? 'info'}
      header={texts.nowTitle}
      action={mayPay && <Button onClick={() => goToPayment(url)}>{texts.toPayment}</Button>}
    >
      <SpaceBetween size="xs">
        <div role="status">
          {failure && <div>{failure.message}</div>}
          <div>{whatHappensNow(topup)}</div>
        </div>
        {mayPay && <div>{texts.expires}</div>}
        <AppLink to="/wallet">{texts.toWallet}</AppLink>
      </SpaceBetween>
    </Alert>
  );
}

function whatHappensNow({ status, under_review, redirect_url }: Topup): string {
  if (under_review) return texts.now.review;
  if (status === 'pending' && redirect_url === null) return texts.now.starting;
  return (texts.now as Readonly<Record<string, string>>)[status] ?? texts.now.review;
}

function detailsOf(topup: Topup) {
  const { status, amount, charged_amount: charged, currency } = topup;
  return [
    { label: texts.status, value: <TopupStatus status={status} isReviewed={topup.under_review === true} /> },
    { label: texts.amount, value: <Money amount={amount} currency={currency} /> },
    ...(charged === amount ? [] : [{ label: texts.charged, value: <Money amount={charged} currency={currency} /> }]),
    { label: texts.started, value: <When at={topup.created_at} /> },
    { label: texts.decided, value: <When at={topup.finalized_at} /> },
    { label: texts.reference, value: <Copy text={topup.reference} what={texts.reference} /> },
    { label: texts.id, value: <Copy text={topup.id} what={texts.id} /> },
  ];
}

const STEP_KINDS: Readonly<Record<string, StepsProps.Status>> = {
  success: 'success',
  failed: 'error',
  reversed: 'warning',
};

function Timeline({ topup }: { readonly topup: Topup }) {
  return (
    <Container header={<Header variant="h2">{texts.timeline}</Header>}>
      <Steps
        ariaLabel={texts.timeline}
        steps={topup.timeline.map(({ at, status, note }) => ({
          status: STEP_KINDS[status] ?? 'info',
          header: note,
          details: <When at={at} />,
        }))}
      />
    </Container>
  );
}
