import Button from '@cloudscape-design/components/button';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Batch } from '../../../../sdk/typescript/src/api.ts';
import { AppLink, useFollow } from '../../parts/app-link.tsx';
import { List } from '../../parts/list.tsx';
import { Money } from '../../parts/money.tsx';
import { Page } from '../../parts/page.tsx';
import { When } from '../../parts/when.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { bulkTexts as texts } from '../../texts/bulk.ts';
import { BatchStatus } from './batch-status.tsx';

/** All batches, and where a new one begins. */
export function BulkPage() {
  const { may } = useChosen();
  const follow = useFollow();
  const create = may('orders:write') && (
    <Button variant="primary" href="/app/bulk/new" onFollow={follow}>
      {texts.create}
    </Button>
  );
  return (
    <Page title={texts.title} description={texts.description} actions={create}>
      <List
        operation="listBulk"
        input={{ query: { limit: 25 } }}
        columns={COLUMNS}
        rowId={({ id }) => id}
        label={texts.list}
        title={texts.list}
        isOpen={({ finished_at }) => finished_at === null}
        empty={{ title: texts.noneTitle, text: texts.noneText }}
      />
    </Page>
  );
}

const COLUMNS: readonly TableProps.ColumnDefinition<Batch>[] = [
  {
    id: 'reference',
    header: texts.reference,
    isRowHeader: true,
    minWidth: 150,
    cell: ({ id, batch_reference }) => <AppLink to={`/bulk/${id}`}>{batch_reference}</AppLink>,
  },
  { id: 'status', header: texts.status, minWidth: 150, cell: ({ status }) => <BatchStatus status={status} /> },
  {
    id: 'rows',
    header: texts.decided,
    minWidth: 110,
    cell: ({ rows, counts }) => texts.decidedOf(rows - counts.pending - counts.unknown, rows),
  },
  {
    id: 'total',
    header: texts.total,
    minWidth: 120,
    cell: ({ amounts }) =>
      amounts.map(({ currency, total }) => (
        <div key={currency}>
          <Money amount={total} currency={currency} />
        </div>
      )),
  },
  { id: 'created', header: texts.created, minWidth: 190, cell: ({ created_at }) => <When at={created_at} /> },
];
