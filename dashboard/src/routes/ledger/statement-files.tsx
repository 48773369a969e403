import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useAct } from '../../api/act.ts';
import type { Answer } from '../../api/client.ts';
import { partsOf } from '../../api/parts.ts';
import { useScope } from '../../api/queries.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { useMembership } from '../../session/chosen.tsx';
import { ledgerTexts as texts } from '../../texts/ledger.ts';
import type { Row } from './chain.ts';
import { ExportEntries } from './export-entries.tsx';
import { statementCsv } from './statement-csv.ts';

/** The statement as files: for a spreadsheet, for the books, for paper. */
export function StatementFiles({ statement }: { readonly statement: Answer<'getStatement'> }) {
  const scope = useScope();
  const { business_name: business, merchant_id: merchantId } = useMembership();
  const { currency, month, from, to } = statement;
  const name = `statement-${scope.mode}-${currency}-${month}`;
  const pdf = useAct<void>({
    mutationFn: async () => {
      // What makes the file is loaded by whoever wants one.
      const [{ statementPdf, PDF_ENTRIES_MAX }, { columnsOf, rowsOf }] = await Promise.all([
        import('./statement-pdf.ts'),
        import('./export-rows.ts'),
      ]);
      let rows: Row[] | undefined;
      if (statement.entries <= PDF_ENTRIES_MAX) {
        rows = [];
        let columns: string[] | undefined;
        for await (const part of partsOf(scope, 'exportLedger', { query: { currency, from, to } })) {
          columns ??= columnsOf(part);
          rows.push(...rowsOf(part, columns));
        }
      }
      const facts = { business, merchantId, isTest: scope.mode === 'test', madeAt: new Date().toISOString() };
      saveFile(`${name}.pdf`, 'application/pdf', [statementPdf({ ...facts, statement, rows })]);
    },
  });
  return (
    <SpaceBetween size="s">
      <SpaceBetween direction="horizontal" size="xs">
        <Button iconName="download" loading={pdf.isPending} onClick={() => pdf.mutate()}>
          {texts.asPdf}
        </Button>
        <Button iconName="download" onClick={() => saveFile(`${name}.csv`, 'text/csv', [statementCsv(statement)])}>
          {texts.asCsv}
        </Button>
        <ExportEntries query={{ currency, from, to }} label={texts.entriesAsCsv} />
      </SpaceBetween>
      <div role="status">{pdf.isSuccess && texts.exported(`${name}.pdf`)}</div>
      {pdf.error && <ProblemAlert error={pdf.error} />}
    </SpaceBetween>
  );
}
