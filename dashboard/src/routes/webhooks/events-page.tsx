import { useRead } from '../../api/queries.ts';
import { DocsLink } from '../../parts/docs-link.tsx';
import { Page } from '../../parts/page.tsx';
import { webhookTexts as texts } from '../../texts/webhooks.ts';
import { DeliveryList, FROM_PROPERTY, ORDER_PROPERTY, STATUS_PROPERTY } from './delivery-list.tsx';
import { nameOf } from './endpoint-name.ts';

/** What was due to all endpoints. */
export function EventsPage() {
  const endpoints = useRead('listEndpoints');
  const named = endpoints.data?.data.map((each) => ({ value: each.id, label: nameOf(each) })) ?? [];
  const endpoint = { key: 'endpoint_id', label: texts.endpoint, plural: texts.endpoints, options: named };
  return (
    <Page
      title={texts.eventsTitle}
      description={
        <>
          {texts.eventsText} <DocsLink to="webhooks#what-arrives">{texts.eventsMore}</DocsLink>
        </>
      }
    >
      <DeliveryList properties={[STATUS_PROPERTY, endpoint, ORDER_PROPERTY, FROM_PROPERTY]} />
    </Page>
  );
}
