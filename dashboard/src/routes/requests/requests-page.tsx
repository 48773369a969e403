import Box from '@cloudscape-design/components/box';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Answer } from '../../api/client.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { By } from '../../parts/by.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { Filter, type FilterProperty, useFilter } from '../../parts/filter.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { useMakers } from '../../parts/use-makers.ts';
import { When } from '../../parts/when.tsx';
import { requestTexts as texts } from '../../texts/requests.ts';
import { actorOf } from './actor-of.ts';
import { RequestStatus } from './request-status.tsx';

type Row = Answer<'listRequests'>['data'][number];

/** What was refused, what failed and what changed a setting, narrowed by what the URL says. */
export function RequestsPage() {
  const properties = useProperties();
  const { values, isFiltered, clear } = useFilter(properties);
  return (
    <Page
      title={texts.title}
      description={
        <>
          {texts.description} <DocsLink to="requests#what-is-in-it-and-what-is-not">{texts.guide}</DocsLink>
        </>
      }
      actions={<AppLink to="/errors">{texts.byCause}</AppLink>}
    >
      <List
        operation="listRequests"
        input={{ query: { ...values, limit: 25 } }}
        columns={COLUMNS}
        rowId={({ id }) => id}
        label={texts.title}
        filter={<Filter properties={properties} placeholder={texts.filter} freeText={propertyOf} />}
        isFiltered={isFiltered}
        onClearFilter={clear}
        searchedTo={({ searched_to }) => searched_to}
        empty={{ title: texts.none, text: texts.noneText }}
      />
    </Page>
  );
}

/** A text without a property, by its form. */
function propertyOf(text: string): string {
  if (/^[1-5](?:\d\d|xx)$/.test(text)) return 'status';
  if (text.startsWith('/')) return 'path';
  if (text.startsWith('key_')) return 'key_id';
  if (text.startsWith('mem_')) return 'member_id';
  // Operations have hyphens.
  return text.includes('-') ? 'operation' : 'code';
}

function useProperties(): readonly FilterProperty[] {
  const { keys, members } = useMakers({ keys: true, members: true });
  return [
    {
      key: 'status',
      label: texts.status,
      plural: texts.statuses,
      options: Object.entries(texts.statusChoices).map(([value, label]) => ({ value, label })),
    },
    { key: 'code', label: texts.code, plural: texts.codes },
    { key: 'path', label: texts.path, plural: texts.paths },
    { key: 'operation', label: texts.operation, plural: texts.operations },
    {
      key: 'key_id',
      label: texts.key,
      plural: texts.keys,
      options: keys,
    },
    {
      key: 'member_id',
      label: texts.member,
      plural: texts.members,
      options: members,
    },
    { key: 'from', label: texts.from, plural: texts.dates },
    { key: 'to', label: texts.to, plural: texts.dates },
  ];
}

const COLUMNS: readonly TableProps.ColumnDefinition<Row>[] = [
  {
    id: 'request',
    header: texts.request,
    isRowHeader: true,
    minWidth: 215,
    cell: ({ id, method, path, left_out_before }) => (
      <>
        <AppLink to={`/requests/${id}`}>
          <span className="path">
            {method} {path}
          </span>
        </AppLink>
        {left_out_before > 0 && <Box variant="small">{texts.leftOut(left_out_before)}</Box>}
      </>
    ),
  },
  { id: 'status', header: texts.status, minWidth: 90, cell: ({ status }) => <RequestStatus status={status} /> },
  {
    id: 'code',
    header: texts.code,
    minWidth: 130,
    cell: ({ code }) => (code ? <DocsLink to={`errors#${code}`}>{code}</DocsLink> : '–'),
  },
  { id: 'time', header: texts.time, minWidth: 190, cell: ({ created_at }) => <When at={created_at} /> },
  {
    id: 'who',
    header: texts.who,
    minWidth: 150,
    cell: (row) => <By actor={actorOf(row)} />,
  },
  {
    id: 'took',
    header: texts.took,
    minWidth: 90,
    cell: ({ duration_ms }) => <span className="whole">{duration_ms} ms</span>,
  },
];
