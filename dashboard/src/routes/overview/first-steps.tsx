import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Steps from '@cloudscape-design/components/steps';
import { useRead } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { useChosen, useMembership } from '../../session/chosen.tsx';
import { overviewTexts as texts } from '../../texts/overview.ts';

/**
 * For a new business in test mode, until all of it is done. What is ticked is what is there, whoever has made it. That
 * all is done is kept in the browser, so that nobody pays for asking it again.
 */
export function FirstSteps() {
  const { may, mode } = useChosen();
  const done = `airtime.begun.${useMembership().merchant_id}`;
  const mayAll =
    mode === 'test' &&
    localStorage.getItem(done) === null &&
    may('orders:write') &&
    may('keys:write') &&
    may('webhooks:write');
  const orders = useRead('listOrders', { query: { limit: 1 } }, { enabled: mayAll });
  const keys = useRead('listKeys', { query: { limit: 1 } }, { enabled: mayAll });
  const endpoints = useRead('listEndpoints', {}, { enabled: mayAll });
  if (mayAll && [orders, keys, endpoints].some(({ isPending }) => isPending)) return <div className="steps-to-come" />;
  if (!orders.data || !keys.data || !endpoints.data) return null;
  const steps = [
    { to: '/send', title: texts.order, text: texts.orderText, isDone: orders.data.data.length > 0 },
    { to: '/keys/new', title: texts.key, text: texts.keyText, isDone: keys.data.data.length > 0 },
    { to: '/webhooks/new', title: texts.webhook, text: texts.webhookText, isDone: endpoints.data.data.length > 0 },
  ];
  if (steps.every(({ isDone }) => isDone)) {
    localStorage.setItem(done, 'yes');
    return null;
  }
  return (
    <Container
      header={
        <Header variant="h2" description={texts.stepsText}>
          {texts.steps}
        </Header>
      }
    >
      <SpaceBetween size="s">
        <Steps
          ariaLabel={texts.stepsLabel}
          steps={steps.map(({ to, title, text, isDone }) => ({
            status: isDone ? 'success' : 'pending',
            statusIconAriaLabel: isDone ? texts.done : texts.open,
            header: <AppLink to={to}>{title}</AppLink>,
            details: text,
          }))}
        />
        <DocsLink to="going-live">{texts.goLive}</DocsLink>
      </SpaceBetween>
    </Container>
  );
}
