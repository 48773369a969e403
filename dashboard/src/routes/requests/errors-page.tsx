import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Answer } from '../../api/client.ts';
import { useList } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { Empty } from '../../parts/empty.tsx';
import { NotCurrent } from '../../parts/not-current.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Rows } from '../../parts/rows.tsx';
import { useUrlSearch } from '../../parts/use-search.ts';
import { When } from '../../parts/when.tsx';
import { partTexts } from '../../texts/parts.ts';
import { requestTexts as texts } from '../../texts/requests.ts';
import { type Cause, causeId, causesOf } from './causes.ts';
import { RequestStatus } from './request-status.tsx';

type Row = Answer<'listRequests'>['data'][number];
const DAY_MS = 86_400_000;
const CHOICES = Object.entries(texts.dayChoices).map(([id, text]) => ({ id, text }));

/** The errors of the request log by their cause, counted as far back as it was read. */
export function ErrorsPage() {
  const [{ days = '7' }, change] = useUrlSearch();
  const from = new Date(Date.now() - Number(days) * DAY_MS).toISOString().slice(0, 10);
  const list = useList('listRequests', { query: { from, limit: 100 } });
  const { data, error, refetch } = list;
  const rows = (data?.pages.flatMap((page) => page.data) ?? []) as Row[];
  const causes = causesOf(rows);
  return (
    <Page title={texts.causesTitle} description={texts.causesText}>
      {error && !data ? (
        <ProblemAlert error={error} onRetry={() => refetch()} />
      ) : (
        <SpaceBetween size="s">
          {error && <NotCurrent at={list.dataUpdatedAt} error={error} onRetry={() => refetch()} />}
          <Rows
            items={causes}
            trackBy={causeId}
            loading={list.isPending}
            loadingText={partTexts.loading}
            ariaLabels={{ tableLabel: texts.causesTitle }}
            columnDefinitions={columnsOf(from)}
            empty={<Empty title={texts.noCauses} text={texts.noCausesText} />}
            filter={
              <SegmentedControl
                label={texts.days}
                selectedId={days}
                options={CHOICES}
                onChange={({ detail }) => change({ days: detail.selectedId })}
              />
            }
            footer={
              <Counted
                rows={rows}
                isMore={list.hasNextPage}
                isLoading={list.isFetchingNextPage}
                onMore={() => list.fetchNextPage()}
              />
            }
          />
        </SpaceBetween>
      )}
    </Page>
  );
}

interface CountedProps {
  readonly rows: readonly Row[];
  readonly isMore: boolean;
  readonly isLoading: boolean;
  readonly onMore: () => void;
}

/** Of how much that is the count: a number without its range would be taken for all. */
function Counted({ rows, isMore, isLoading, onMore }: CountedProps) {
  const oldest = rows.at(-1);
  if (!oldest) return null;
  const errors = rows.filter(({ status }) => status >= 400).length;
  return (
    <Box textAlign="center">
      <SpaceBetween size="xs">
        <div role="status">
          {texts.counted(errors, rows.length)} <When at={oldest.created_at} />. {!isMore && texts.whole}
        </div>
        {isMore && (
          <Button loading={isLoading} onClick={onMore}>
            {texts.more}
          </Button>
        )}
      </SpaceBetween>
    </Box>
  );
}

function columnsOf(from: string): readonly TableProps.ColumnDefinition<Cause>[] {
  return [
    {
      id: 'code',
      header: texts.code,
      isRowHeader: true,
      minWidth: 160,
      cell: ({ code }) => (code ? <DocsLink to={`errors#${code}`}>{code}</DocsLink> : texts.noCode),
    },
    { id: 'count', header: texts.count, minWidth: 80, cell: ({ count }) => count },
    { id: 'operation', header: texts.operation, minWidth: 140, cell: ({ operation }) => operation },
    { id: 'status', header: texts.status, minWidth: 100, cell: ({ status }) => <RequestStatus status={status} /> },
    { id: 'last', header: texts.last, minWidth: 190, cell: ({ lastAt }) => <When at={lastAt} /> },
    {
      id: 'show',
      header: texts.title,
      minWidth: 110,
      cell: (cause) => <AppLink to={`/requests?${queryOf(cause, from)}`}>{texts.show}</AppLink>,
    },
  ];
}

/** The filter that finds the requests which were counted. */
function queryOf({ status, operation, code }: Cause, from: string): string {
  return new URLSearchParams({ status: String(status), operation, ...(code && { code }), from }).toString();
}
