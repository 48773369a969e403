import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import type { PreviewTotal } from '../../../../sdk/typescript/src/api.ts';
import { call } from '../../api/client.ts';
import { useScope } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { Money } from '../../parts/money.tsx';
import { Rows } from '../../parts/rows.tsx';
import { bulkTexts as texts } from '../../texts/bulk.ts';
import type { Preview } from './use-new-batch.ts';

/** What the API says about the whole file: what would be sent, what it costs, and what may be a mistake. */
export function PreviewResult({ preview }: { readonly preview: Preview }) {
  const scope = useScope();
  const { preview_id, valid, invalid, totals } = preview;
  const openReport = async () => {
    // A link to it is valid for minutes only.
    const input = { path: { preview_id }, query: { limit: 1 } };
    const fresh = await call(scope, 'getPreview', input).catch(() => undefined);
    window.location.assign((fresh ?? preview).report_url);
  };
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button onClick={openReport}>{texts.report}</Button>}>
          {texts.result}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <div role="status">
          <StatusIndicator type={invalid > 0 ? 'warning' : 'success'}>
            {texts.resultText(valid, invalid)}
          </StatusIndicator>
        </div>
        {totals.length > 0 && (
          <Rows
            items={totals}
            trackBy="currency"
            variant="embedded"
            ariaLabels={{ tableLabel: texts.result }}
            columnDefinitions={TOTAL_COLUMNS}
          />
        )}
        {totals.some(({ is_covered }) => is_covered === false) && <Alert type="warning">{texts.topUp}</Alert>}
        <Hints preview={preview} />
      </SpaceBetween>
    </Container>
  );
}

const TOTAL_COLUMNS: readonly TableProps.ColumnDefinition<PreviewTotal>[] = [
  {
    id: 'total',
    header: texts.total,
    isRowHeader: true,
    cell: ({ total, currency }) => <Money amount={total} currency={currency} />,
  },
  { id: 'rows', header: texts.rows, cell: ({ rows }) => rows.toLocaleString('en-US') },
  {
    id: 'balance',
    header: texts.balance,
    cell: ({ balance, currency }) => <Money amount={balance} currency={currency} />,
  },
  { id: 'covered', header: texts.covered, cell: ({ is_covered }) => <Covered isCovered={is_covered} /> },
];

function Covered({ isCovered }: { readonly isCovered: boolean | null }) {
  if (isCovered === null) return <StatusIndicator type="info">{texts.coverUnknown}</StatusIndicator>;
  return isCovered ? (
    <StatusIndicator type="success">{texts.isCovered}</StatusIndicator>
  ) : (
    <StatusIndicator type="error">{texts.notCovered}</StatusIndicator>
  );
}

function Hints({ preview }: { readonly preview: Preview }) {
  const { existing_batch: existing, same_file_batch: sameFile, duplicates, ignored_columns, notes } = preview;
  const said = [
    ...notes.map(({ detail }) => detail),
    ...(duplicates > 0 ? [texts.duplicates(duplicates)] : []),
    ...(ignored_columns.length > 0 ? [texts.ignored(ignored_columns.join(', '))] : []),
  ];
  return (
    <>
      {existing && (
        <Alert type="error" header={texts.existing}>
          {texts.existingText} <AppLink to={`/bulk/${existing.id}`}>{texts.openBatch}</AppLink>
        </Alert>
      )}
      {!existing && sameFile && (
        <Alert type="warning" header={texts.existing}>
          {texts.sameFile} <AppLink to={`/bulk/${sameFile.id}`}>{texts.openBatch}</AppLink>
        </Alert>
      )}
      {said.length > 0 && (
        <Alert type="info">
          {said.map((each) => (
            <div key={each}>{each}</div>
          ))}
        </Alert>
      )}
    </>
  );
}
