import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { Answer, Input, OperationId } from '../api/client.ts';
import { type RowOf, useList } from '../api/queries.ts';
import { partTexts as texts } from '../texts/parts.ts';
import { Empty } from './empty.tsx';
import { NotCurrent } from './not-current.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { When } from './when.tsx';

interface ListProps<Id extends OperationId> {
  /** The operation that lists, and what narrows it. */
  readonly operation: Id;
  readonly input?: Input<Id>;
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
  const { operation, input, columns, rowId, label, title, actions, filter, isOpen, variant = 'container' } = props;
  const list = useList(operation, input, isOpen ? { isOpen: (rows) => rows.some(isOpen) } : {});
  const rows = (list.data?.pages.flatMap(({ data }) => data) ?? []) as RowOf<Id>[];
  const { isFiltered = false, onClearFilter, empty } = props;
  const last = list.data?.pages.at(-1);
  const searched = isFiltered && last && props.searchedTo?.(last);
  const nothing = isFiltered ? (
    <Empty
      title={texts.noMatch}
      text={list.hasNextPage ? texts.searchedOn : texts.noMatchText}
      action={onClearFilter && <Button onClick={onClearFilter}>{texts.clearFilter}</Button>}
    />
  ) : (
    <Empty {...empty} />
  );
  return (
    <SpaceBetween size="s">
      {list.error && list.data && (
        <NotCurrent at={list.dataUpdatedAt} error={list.error} onRetry={() => list.refetch()} />
      )}
      {list.error && !list.data && <ProblemAlert error={list.error} onRetry={() => list.refetch()} />}
      {(!list.error || list.data) && (
        <Table
          items={rows}
          columnDefinitions={columns}
          trackBy={rowId}
          variant={variant}
          wrapLines
          loading={list.isPending || (list.isPlaceholderData && list.isFetching)}
          loadingText={texts.loading}
          ariaLabels={{ tableLabel: label }}
          empty={nothing}
          filter={filter}
          header={
            title && (
              <Header variant="h2" actions={actions}>
                {title}
              </Header>
            )
          }
          footer={
            list.hasNextPage && (
              <Box textAlign="center">
                <SpaceBetween size="xs">
                  {searched && (
                    <div role="status">
                      {texts.searchedTo} <When at={searched} />
                    </div>
                  )}
                  <Button loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
                    {isFiltered ? texts.continueSearch : texts.more}
                  </Button>
                </SpaceBetween>
              </Box>
            )
          }
        />
      )}
    </SpaceBetween>
  );
}
