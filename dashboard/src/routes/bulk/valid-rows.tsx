import ExpandableSection from '@cloudscape-design/components/expandable-section';
import type { TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import type { InvalidRow, ValidRow } from '../../../../sdk/typescript/src/api.ts';
import { List } from '../../parts/list.tsx';
import { Money } from '../../parts/money.tsx';
import { bulkTexts as texts } from '../../texts/bulk.ts';

interface ValidRowsProps {
  readonly previewId: string;
  readonly count: number;
}

/** What would be sent, row by row. It is read only when somebody wants to see it. */
export function ValidRows({ previewId, count }: ValidRowsProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <ExpandableSection
      headerText={texts.valid}
      headerCounter={`(${count})`}
      variant="container"
      expanded={isOpen}
      onChange={({ detail }) => setIsOpen(detail.expanded)}
    >
      {isOpen && (
        <List
          operation="getPreview"
          input={{ path: { preview_id: previewId }, query: { status: 'valid', limit: 25 } }}
          columns={COLUMNS}
          rowId={({ row }) => String(row)}
          label={texts.valid}
          variant="embedded"
          empty={{ title: texts.noValid, text: texts.noValidText }}
        />
      )}
    </ExpandableSection>
  );
}

const COLUMNS: readonly TableProps.ColumnDefinition<ValidRow | InvalidRow>[] = [
  { id: 'row', header: texts.row, isRowHeader: true, minWidth: 70, cell: ({ row }) => row },
  { id: 'number', header: texts.number, minWidth: 150, cell: (row) => ('msisdn' in row ? row.msisdn : row.target) },
  {
    id: 'amount',
    header: texts.amount,
    minWidth: 110,
    cell: (row) => ('currency' in row ? <Money amount={row.amount} currency={row.currency} /> : row.amount),
  },
  { id: 'product', header: texts.product, minWidth: 160, cell: (row) => ('product' in row ? row.product : '') },
  { id: 'reference', header: texts.reference, minWidth: 160, cell: ({ reference }) => reference },
  { id: 'notes', header: texts.notes, minWidth: 150, cell: notesOf },
];

function notesOf(row: ValidRow | InvalidRow): string {
  if (!('msisdn' in row)) return '';
  const same = row.same_as_row === undefined ? [] : [texts.sameAs(row.same_as_row)];
  return [...same, ...(row.warnings ?? []).map((each) => texts.likeOrder(each.other_reference))].join('; ');
}
