import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import { useMemo } from 'react';
import type { CellProblem, InvalidRow } from '../../../../sdk/typescript/src/api.ts';
import { useList } from '../../api/queries.ts';
import { Loading } from '../../parts/loading.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { cellSentence } from '../../parts/problem-words.ts';
import { Rows } from '../../parts/rows.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { bulkTexts as texts } from '../../texts/bulk.ts';
import { wordFor } from '../../texts/language.ts';
import { partTexts } from '../../texts/parts.ts';
import { type Cells, cellAt, cellsOf, type Fixes, forSpreadsheet } from './cells.ts';
import { correctedName, withFixes } from './sheet.ts';
import type { Preview, useNewBatch } from './use-new-batch.ts';

interface ProblemRowsProps {
  readonly batch: ReturnType<typeof useNewBatch>;
  readonly preview: Preview;
}

/** The rows that cannot be sent, with each problem beside its cell, where it can be corrected. */
export function ProblemRows({ batch, preview }: ProblemRowsProps) {
  const { file, fixes, setFixes } = batch;
  const { preview_id, separator } = preview;
  const list = useList('getPreview', { path: { preview_id }, query: { status: 'invalid', limit: 25 } });
  const cells = useMemo(() => file && cellsOf(file.text, separator), [file, separator]);
  if (!list.data) {
    return list.error ? <ProblemAlert error={list.error} onRetry={() => list.refetch()} /> : <Loading />;
  }
  const rows = list.data.pages.flatMap(({ data }) => data) as Preview['data'];
  const items = rows.filter((row) => row.status === 'invalid');
  const save = async () => {
    if (!file) return;
    const { name, text } = await withFixes(file, preview, fixes);
    // The mark tells spreadsheets that it is UTF-8.
    const safe = forSpreadsheet(text.replace(/^\uFEFF+/, ''), separator, preview.columns);
    saveFile(correctedName(name, texts.suffix), 'text/csv', ['\uFEFF', safe]);
  };
  return (
    <Rows
      items={items}
      trackBy={({ row }) => String(row)}
      cellVerticalAlign="top"
      ariaLabels={{ tableLabel: texts.problems }}
      header={
        <Header
          variant="h2"
          counter={`(${preview.invalid})`}
          description={file ? texts.problemsText : texts.problemsGone}
          actions={file && <Button onClick={save}>{texts.corrected}</Button>}
        >
          {texts.problems}
        </Header>
      }
      columnDefinitions={columnsOf(items, { preview, cells, fixes, setFixes })}
      footer={
        list.hasNextPage && (
          <Box textAlign="center">
            <Button loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
              {partTexts.more}
            </Button>
          </Box>
        )
      }
    />
  );
}

interface Context {
  readonly preview: Preview;
  /** Absent where the file is not in the tab any more. */
  readonly cells: Cells | undefined;
  readonly fixes: Fixes;
  readonly setFixes: (fixes: Fixes) => void;
}

type TableColumn = TableProps.ColumnDefinition<InvalidRow>;

/** The file's own columns, those that it lacks and needs, and what is about a whole row. */
function columnsOf(items: readonly InvalidRow[], context: Context): readonly TableColumn[] {
  const known = context.preview.columns.map(({ column }) => column);
  const lacking = items.flatMap(({ errors }) => errors.map(({ column }) => column));
  const names = [...new Set([...known, ...lacking])].filter((column) => column !== 'row');
  return [
    { id: 'row', header: texts.row, isRowHeader: true, minWidth: 70, cell: ({ row }) => row },
    ...names.map(
      (column): TableColumn => ({
        id: column,
        header: wordFor(texts.columns, column),
        minWidth: 190,
        cell: (item) => <Cell {...{ item, column, context }} />,
      }),
    ),
    { id: 'out', header: texts.rowProblem, minWidth: 170, cell: (item) => <WholeRow {...{ item, context }} /> },
  ];
}

interface CellProps {
  readonly item: InvalidRow;
  readonly column: string;
  readonly context: Context;
}

function Cell({ item, column, context }: CellProps) {
  const { cells, fixes, setFixes, preview } = context;
  const { row } = item;
  const place = preview.columns.find((each) => each.column === column);
  const original = cells && place ? cellAt(cells, row, place) : shownBy(item, column, cells !== undefined);
  const fixed = fixes[row];
  const problems = item.errors.filter((each) => each.column === column);
  if (fixed === null || problems.length === 0) return <>{original || partTexts.none}</>;
  if (!cells) return <Problems of={problems} text={original} />;
  const text = fixed?.[column];
  const change = (value: string) => setFixes(changed(fixes, row, column, value === original ? undefined : value));
  return (
    <FormField
      errorText={text === undefined ? sentencesOf(problems) : undefined}
      constraintText={text === undefined ? undefined : texts.changed}
    >
      <Input
        value={text ?? original}
        ariaLabel={texts.cell(wordFor(texts.columns, column), row)}
        autoComplete={false}
        onChange={({ detail }) => change(detail.value)}
      />
    </FormField>
  );
}

/** What the API says of the cell, where the file itself is not there. */
function shownBy(item: InvalidRow, column: string, hasFile: boolean): string {
  if (hasFile) return '';
  return (column === 'target' && item.target) || (column === 'amount' && item.amount) || '';
}

function changed(fixes: Fixes, row: number, column: string, text: string | undefined): Fixes {
  const { [row]: before, ...others } = fixes;
  const { [column]: _old, ...rest } = before ?? {};
  const next = text === undefined ? rest : { ...rest, [column]: text };
  return Object.keys(next).length === 0 ? others : { ...others, [row]: next };
}

function WholeRow({ item, context }: Omit<CellProps, 'column'>) {
  const { fixes, setFixes, cells } = context;
  const { row, errors } = item;
  const problems = errors.filter(({ column }) => column === 'row');
  const { [row]: fixed, ...others } = fixes;
  const isOut = fixed === null;
  return (
    <SpaceBetween size="xs">
      {problems.length > 0 && <Problems of={problems} text="" />}
      {isOut && <StatusIndicator type="stopped">{texts.leftOut}</StatusIndicator>}
      {cells && (
        <Button
          ariaLabel={isOut ? texts.takeBackRow(row) : texts.leaveOutRow(row)}
          onClick={() => setFixes(isOut ? others : { ...others, [row]: null })}
        >
          {isOut ? texts.takeBack : texts.leaveOut}
        </Button>
      )}
    </SpaceBetween>
  );
}

function Problems({ of, text }: { readonly of: readonly CellProblem[]; readonly text: string }) {
  return (
    <>
      {text && <div>{text}</div>}
      <StatusIndicator type="error">{sentencesOf(of)}</StatusIndicator>
    </>
  );
}

function sentencesOf(problems: readonly CellProblem[]): string {
  return problems.map(cellSentence).join(' ');
}
