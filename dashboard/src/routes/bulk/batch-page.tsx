import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from '@tanstack/react-router';
import type { Batch } from '../../../../sdk/typescript/src/api.ts';
import { useRead } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Maker } from '../../parts/maker.tsx';
import { Money } from '../../parts/money.tsx';
import { Page } from '../../parts/page.tsx';
import { Rows } from '../../parts/rows.tsx';
import { When } from '../../parts/when.tsx';
import { bulkTexts as texts } from '../../texts/bulk.ts';
import { wordFor } from '../../texts/language.ts';
import { shellTexts } from '../../texts/shell.ts';
import { BatchActions } from './batch-actions.tsx';
import { BatchRows } from './batch-rows.tsx';
import { BatchStatus } from './batch-status.tsx';

/** One batch: how far it is, what it cost, what happened to each row, and what can be done about it. */
export function BatchPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const batch = useRead('getBulk', { path: { batch_id: id } }, { isOpen: ({ finished_at }) => finished_at === null });
  return (
    <Page
      title={batch.data?.batch_reference ?? shellTexts.pages.batch}
      actions={batch.data && <BatchActions batch={batch.data} />}
    >
      <Loaded query={batch}>
        {(data) => (
          <SpaceBetween size="l">
            <Progress batch={data} />
            <Amounts batch={data} />
            <Details batch={data} />
            <BatchRows batch={data} />
          </SpaceBetween>
        )}
      </Loaded>
    </Page>
  );
}

function Progress({ batch }: { readonly batch: Batch }) {
  const { rows, counts, status, finished_at, estimated_end_at } = batch;
  const decided = rows - counts.pending - counts.unknown;
  const isEnded = finished_at !== null;
  return (
    <Container header={<Header variant="h2">{texts.progress}</Header>}>
      <SpaceBetween size="m">
        <ProgressBar
          status={isEnded ? 'success' : 'in-progress'}
          value={rows === 0 ? 100 : Math.floor((100 * decided) / rows)}
          label={texts.progressOf(decided, rows)}
          resultText={texts.ended(wordFor(texts.statusWords, status))}
          additionalInfo={
            estimated_end_at && !isEnded ? (
              <>
                {texts.ends} <When at={estimated_end_at} />
              </>
            ) : undefined
          }
        />
        <KeyValuePairs
          columns={4}
          items={Object.entries(texts.counts)
            .map(([name, label]) => ({ label, count: counts[name as keyof typeof counts] }))
            .filter(({ count }) => count > 0)
            .map(({ label, count }) => ({ label, value: count.toLocaleString('en-US') }))}
        />
      </SpaceBetween>
    </Container>
  );
}

function Amounts({ batch }: { readonly batch: Batch }) {
  return (
    <Rows
      items={batch.amounts}
      trackBy="currency"
      ariaLabels={{ tableLabel: texts.amounts }}
      header={<Header variant="h2">{texts.amounts}</Header>}
      columnDefinitions={[
        {
          id: 'paid',
          header: texts.paid,
          isRowHeader: true,
          cell: ({ total, currency }) => <Money amount={total} currency={currency} />,
        },
        {
          id: 'refunded',
          header: texts.refunded,
          cell: ({ refunded, currency }) => <Money amount={refunded} currency={currency} />,
        },
        { id: 'rows', header: texts.rows, cell: ({ rows }) => rows.toLocaleString('en-US') },
      ]}
    />
  );
}

function Details({ batch }: { readonly batch: Batch }) {
  const { id, batch_reference, status, retry_of, created_by, created_at, cancelled_at, finished_at } = batch;
  return (
    <Container header={<Header variant="h2">{texts.batch}</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: texts.status, value: <BatchStatus status={status} /> },
          { label: texts.reference, value: <Copy text={batch_reference} what={texts.reference} /> },
          { label: texts.id, value: <Copy text={id} what={texts.id} /> },
          { label: texts.created, value: <When at={created_at} /> },
          ...(created_by ? [{ label: texts.by, value: <Maker actor={created_by} /> }] : []),
          ...(cancelled_at ? [{ label: texts.cancelled, value: <When at={cancelled_at} /> }] : []),
          { label: texts.finished, value: <When at={finished_at} /> },
          { label: texts.orders, value: <AppLink to={`/orders?batch_id=${id}`}>{texts.showOrders}</AppLink> },
          ...(retry_of
            ? [{ label: texts.retryOf, value: <AppLink to={`/bulk/${retry_of}`}>{retry_of}</AppLink> }]
            : []),
        ]}
      />
    </Container>
  );
}
