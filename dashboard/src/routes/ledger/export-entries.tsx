import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useAct } from '../../api/act.ts';
import { partsOf } from '../../api/parts.ts';
import { useScope } from '../../api/queries.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { ledgerTexts as texts } from '../../texts/ledger.ts';

interface ExportEntriesProps {
  /** The filter: the file has what the list has. */
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly label?: string;
}

/** Saves the entries of a wallet, of all parts of the export together. */
export function ExportEntries({ query, label = texts.export }: ExportEntriesProps) {
  const scope = useScope();
  const [rows, setRows] = useState(0);
  const name = nameOf(scope.mode, query);
  const save = useAct<void>({
    mutationFn: async () => {
      const parts: string[] = [];
      let read = -1;
      for await (const part of partsOf(scope, 'exportLedger', { query: query as { currency: string } })) {
        parts.push(part);
        read += part.split('\r\n').length - 1;
        setRows(read);
      }
      saveFile(name, 'text/csv', parts);
    },
  });
  return (
    <div>
      <Button
        iconName="download"
        loading={save.isPending}
        disabled={!query.currency}
        disabledReason={texts.exportHint}
        onClick={() => save.mutate()}
      >
        {label}
      </Button>
      <div role="status">
        {save.isPending && rows > 0 && texts.exporting(rows.toLocaleString())}
        {save.isSuccess && texts.exported(name)}
      </div>
      {save.error && <ProblemAlert error={save.error} />}
    </div>
  );
}

/** Named as the API names it, by what is in it. */
function nameOf(mode: string, { currency, kind, from, to }: ExportEntriesProps['query']): string {
  const parts = ['ledger', mode, currency, kind, from && `from-${from.slice(0, 10)}`, to && `to-${to.slice(0, 10)}`];
  return `${parts.filter(Boolean).join('-')}.csv`;
}
