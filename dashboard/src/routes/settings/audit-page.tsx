import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Answer } from '../../api/client.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { By } from '../../parts/by.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { Filter, type FilterProperty, useFilter } from '../../parts/filter.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { useMakers } from '../../parts/use-makers.ts';
import { useUrlSearch } from '../../parts/use-search.ts';
import { When } from '../../parts/when.tsx';
import { useChosen } from '../../session/chosen.tsx';
import type { Mode } from '../../session/membership.ts';
import { wordFor } from '../../texts/language.ts';
import { refusalTexts } from '../../texts/refusals.ts';
import { settingsTexts } from '../../texts/settings.ts';
import { shellTexts } from '../../texts/shell.ts';
import { changesOf } from './changes-of.ts';

const texts = settingsTexts.audit;

type Act = Answer<'listAudit'>['data'][number];

/** What was changed and by whom. Acts on the team are in the log of live mode, also before the business is live. */
export function AuditPage() {
  const { mode, may } = useChosen();
  const [search, change] = useUrlSearch();
  const properties = useProperties();
  const { values, isFiltered, clear } = useFilter(properties);
  const log: Mode = search.log === 'live' || search.log === 'test' ? search.log : mode;
  const { key_id, ...query } = values;
  return (
    <Page
      title={shellTexts.pages.audit}
      description={
        <>
          {texts.description} <DocsLink to="keys#who-changed-what">{texts.guide}</DocsLink>
        </>
      }
    >
      <SpaceBetween size="m">
        <SegmentedControl
          label={texts.log}
          selectedId={log}
          options={[
            { id: 'test', text: texts.logs.test },
            { id: 'live', text: texts.logs.live },
          ]}
          onChange={({ detail }) => change({ log: detail.selectedId === mode ? undefined : detail.selectedId })}
        />
        <List
          operation="listAudit"
          mode={log}
          input={{ query: { ...query, ...(key_id ? { key_id } : {}), limit: 25 } }}
          columns={columnsOf({ isHere: log === mode, mayReadRequests: may('requests:read') })}
          rowId={({ id }) => id}
          label={shellTexts.pages.audit}
          filter={<Filter properties={properties} placeholder={texts.filter} />}
          isFiltered={isFiltered}
          onClearFilter={clear}
          empty={{ title: texts.none, text: texts.noneText }}
        />
      </SpaceBetween>
    </Page>
  );
}

function useProperties(): readonly FilterProperty[] {
  const { keys, members } = useMakers({ keys: true, members: true });
  const dates = { plural: texts.dates };
  return [
    {
      key: 'action',
      label: texts.action,
      plural: texts.actions,
      options: Object.entries(texts.actionWords).map(([value, label]) => ({ value, label })),
    },
    {
      key: 'member_id',
      label: texts.member,
      plural: texts.people,
      options: members,
    },
    { key: 'key_id', label: texts.key, plural: texts.keys, options: keys },
    { key: 'subject', label: texts.subject, plural: texts.subjects },
    { key: 'from', label: texts.from, ...dates },
    { key: 'to', label: texts.to, ...dates },
  ];
}

interface ColumnsProps {
  /** Whether it is the log of the mode of the page: what is in the other one has no page here. */
  readonly isHere: boolean;
  readonly mayReadRequests: boolean;
}

function columnsOf({ isHere, mayReadRequests }: ColumnsProps): readonly TableProps.ColumnDefinition<Act>[] {
  return [
    {
      id: 'action',
      header: texts.action,
      isRowHeader: true,
      minWidth: 180,
      cell: ({ action, subject }) => (
        <>
          <div>{wordFor(texts.actionWords, action)}</div>
          <Id id={subject} page={isHere ? PAGES[subject.split('_')[0] ?? ''] : undefined} />
        </>
      ),
    },
    { id: 'at', header: texts.at, minWidth: 150, cell: ({ at }) => <When at={at} /> },
    { id: 'by', header: texts.by, minWidth: 130, cell: ({ by }) => <By actor={by} /> },
    { id: 'change', header: texts.change, minWidth: 180, cell: (act) => <Changes act={act} /> },
    {
      id: 'where',
      header: texts.where,
      minWidth: 170,
      cell: ({ address, request_id }) => (
        <>
          {address && <div>{address}</div>}
          {request_id && <Id id={request_id} page={isHere && mayReadRequests ? '/requests' : undefined} />}
        </>
      ),
    },
  ];
}

const PAGES: Readonly<Record<string, string>> = { ord: '/orders', cmp: '/campaigns' };

function Id({ id, page }: { readonly id: string; readonly page: string | undefined }) {
  return page ? (
    <AppLink to={`${page}/${id}`}>
      <span className="anywhere">{id}</span>
    </AppLink>
  ) : (
    <span className="code">{id}</span>
  );
}

const LINES_MAX = 4;

/** As forms call it, or else as the API does, without its style. */
function nameOf(fact: string): string {
  return wordFor(refusalTexts.labels, fact).replaceAll('_', ' ');
}

function Changes({ act }: { readonly act: Act }) {
  const lines = changesOf(act).map(({ name, before, after }) => (
    <div key={name} className="anywhere">
      {nameOf(name)}: {before !== undefined && `${before || texts.nothing} ${texts.arrow} `}
      {after || texts.nothing}
    </div>
  ));
  if (lines.length <= LINES_MAX) return lines;
  return (
    <ExpandableSection headerText={texts.facts(lines.length)} headingTagOverride="h2">
      {lines}
    </ExpandableSection>
  );
}
