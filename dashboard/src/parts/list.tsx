import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { Answer, Input, OperationId } from '../api/client.ts';
import { type RowOf, useList } from '../api/queries.ts';
import type { Mode } from '../session/membership.ts';
import { partTexts as texts } from '../texts/parts.ts';
import { Empty } from './empty.tsx';
import { NotCurrent } from './not-current.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { When } from './when.tsx';

interface ListProps<Id extends OperationId> {
  /** The operation that lists, and what narrows it. */
  readonly operation: Id;
  readonly input?: Input<Id>;
  /** Whose rows, where it is not the mode of the page. */
  readonly mode?: Mode;
  readonly columns: readonly TableProps.ColumnDefinition<RowOf<Id>>[];
  readonly rowId: (row: RowOf<Id>) => string;
  /** What the table is called for those who cannot see it. */
  readonly label: string;
  readonly title?: string;
  readonly actions?: ReactNode;
  readonly filter?: ReactNode;
  /** Whether the list is narrowed, so that nothing in it means that nothing matches. */
  readonly isFiltered?: boolean;
  readonly onClearFilter?: () => void;
  /** Whether a row still changes by itself. */
  readonly isOpen?: (row: RowOf<Id>) => boolean;
  readonly empty: { readonly title: string; readonly text: string; readonly action?: ReactNode };
  /** Up to when a page has looked, where the operation says so: a page may be empty while more follow. */
  readonly searchedTo?: (page: Answer<Id>) => string | null;
  readonly variant?: TableProps.Variant;
}

/** A list of the API: loading, empty, without a match, failed, not current, and page by page. */
export function List<Id extends OperationId>(props: ListProps<Id>) {
  const { operation, input, columns, rowId, label, title, actions, filter, isOpen, mode } = props;
  const open = isOpen && { isOpen: (rows: readonly RowOf<Id>[]) => rows.some(isOpen) };
  const list = useList(operation, input, { ...open, ...(mode && { mode }) });
  const { data, error, refetch, isPlaceholderData } = list;
  // A filter that cannot be is corrected where it is.
  if (error && !data) {
    return (
      <SpaceBetween size="s">
        {filter}
        <ProblemAlert error={error} onRetry={() => refetch()} />
      </SpaceBetween>
    );
  }
  const rows = (data?.pages.flatMap((page) => page.data) ?? []) as RowOf<Id>[];
  const last = data?.pages.at(-1);
  const isReloading = list.isRefetching && !list.isFetchingNextPage && !isPlaceholderData;
  const reload = <Reload label={label} isReloading={isReloading} onReload={() => refetch()} />;
  return (
    <SpaceBetween size="s">
      {error && <NotCurrent at={list.dataUpdatedAt} error={error} onRetry={() => refetch()} />}
      <Table
        items={rows}
        columnDefinitions={columns}
        trackBy={rowId}
        variant={props.variant ?? 'container'}
        wrapLines
        loading={list.isPending || (isPlaceholderData && list.isFetching)}
        loadingText={texts.loading}
        ariaLabels={{ tableLabel: label }}
        empty={<Nothing {...props} mayFollow={list.hasNextPage} />}
        filter={
          filter && (
            <div className="filter">
              {filter}
              {reload}
            </div>
          )
        }
        header={title && <Title title={title} actions={actions} reload={!filter && reload} />}
        footer={
          list.hasNextPage && (
            <More
              isSearch={props.isFiltered ?? false}
              searchedTo={(props.isFiltered && last && props.searchedTo?.(last)) || undefined}
              isLoading={list.isFetchingNextPage}
              onMore={() => list.fetchNextPage()}
            />
          )
        }
      />
    </SpaceBetween>
  );
}

interface NothingProps extends Pick<ListProps<OperationId>, 'isFiltered' | 'onClearFilter' | 'empty'> {
  /** Whether the list was not looked through to its end. */
  readonly mayFollow: boolean;
}

function Nothing({ isFiltered, onClearFilter, empty, mayFollow }: NothingProps) {
  if (!isFiltered) return <Empty {...empty} />;
  return (
    <Empty
      title={texts.noMatch}
      text={mayFollow ? texts.searchedOn : texts.noMatchText}
      action={onClearFilter && <Button onClick={onClearFilter}>{texts.clearFilter}</Button>}
    />
  );
}

interface ReloadProps {
  readonly label: string;
  readonly isReloading: boolean;
  readonly onReload: () => void;
}

function Reload({ label, isReloading, onReload }: ReloadProps) {
  return <Button iconName="refresh" ariaLabel={`${texts.reload}: ${label}`} loading={isReloading} onClick={onReload} />;
}

interface TitleProps {
  readonly title: string;
  readonly actions: ReactNode;
  readonly reload: ReactNode;
}

function Title({ title, actions, reload }: TitleProps) {
  const all = (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      {actions}
      {reload}
    </SpaceBetween>
  );
  return (
    <Header variant="h2" actions={all}>
      {title}
    </Header>
  );
}

interface MoreProps {
  readonly isSearch: boolean;
  readonly searchedTo: string | undefined;
  readonly isLoading: boolean;
  readonly onMore: () => void;
}

/** How a list goes on; of a search, how far it has come. */
function More({ isSearch, searchedTo, isLoading, onMore }: MoreProps) {
  return (
    <Box textAlign="center">
      <SpaceBetween size="xs">
        {searchedTo && (
          <div role="status">
            {texts.searchedTo} <When at={searchedTo} />
          </div>
        )}
        <Button loading={isLoading} onClick={onMore}>
          {isSearch ? texts.continueSearch : texts.more}
        </Button>
      </SpaceBetween>
    </Box>
  );
}
