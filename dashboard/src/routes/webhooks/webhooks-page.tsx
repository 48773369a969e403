import Button from '@cloudscape-design/components/button';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Answer } from '../../api/client.ts';
import { AppLink, useFollow } from '../../parts/app-link.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { When } from '../../parts/when.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { webhookTexts as texts } from '../../texts/webhooks.ts';
import { isAllEvents } from './endpoint-form.ts';
import { nameOf } from './endpoint-name.ts';
import { EndpointStatus } from './endpoint-status.tsx';

type Endpoint = Answer<'listEndpoints'>['data'][number];

export function WebhooksPage() {
  const follow = useFollow();
  const { may } = useChosen();
  const create = may('webhooks:write') && (
    <Button variant="primary" href="/app/webhooks/new" onFollow={follow}>
      {texts.create}
    </Button>
  );
  return (
    <Page
      title={texts.title}
      description={
        <>
          {texts.description} <DocsLink to="webhooks">{texts.guide}</DocsLink>
        </>
      }
      actions={create}
    >
      <List
        operation="listEndpoints"
        columns={COLUMNS}
        rowId={({ id }) => id}
        label={texts.title}
        title={texts.endpoints}
        empty={{ title: texts.none, text: texts.noneText, action: create }}
      />
    </Page>
  );
}

const COLUMNS: readonly TableProps.ColumnDefinition<Endpoint>[] = [
  {
    id: 'url',
    header: texts.url,
    isRowHeader: true,
    minWidth: 180,
    cell: (endpoint) => <AppLink to={`/webhooks/${endpoint.id}`}>{nameOf(endpoint)}</AppLink>,
  },
  { id: 'status', header: texts.status, minWidth: 140, cell: (endpoint) => <EndpointStatus endpoint={endpoint} /> },
  { id: 'about', header: texts.about, minWidth: 150, cell: ({ description }) => description || '–' },
  {
    id: 'events',
    header: texts.events,
    minWidth: 200,
    cell: ({ events }) => (isAllEvents(events) ? texts.allEvents : events.join(', ')),
  },
  { id: 'created', header: texts.created, minWidth: 150, cell: ({ created_at }) => <When at={created_at} /> },
];
