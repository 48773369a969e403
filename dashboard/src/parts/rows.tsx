import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { usePhone } from './use-phone.ts';

/** A table of fewer columns that need no more than this together fits a phone. */
const COLUMNS_MIN = 4;
const ROOM_MAX = 330;
const COLUMN_ROOM = 100;
/** Of two columns with less than this each, both are in one line of a card. */
const HALF_MAX = 175;

/**
 * Rows of anything: a table, or, on a phone, where one would have to be scrolled sideways, a card for each. No text of
 * a user makes a column wider than the others have room for.
 */
export function Rows<Row>(props: TableProps<Row>) {
  const isPhone = usePhone();
  if (isPhone && !fitsPhone(props.columnDefinitions)) return <AsCards {...props} />;
  return (
    <div className="rows">
      <Table wrapLines {...props} columnDefinitions={props.columnDefinitions.map(withRoom)} />
    </div>
  );
}

function fitsPhone<Row>(columns: readonly TableProps.ColumnDefinition<Row>[]): boolean {
  const room = columns.reduce((sum, { minWidth }) => sum + Number(minWidth ?? COLUMN_ROOM), 0);
  return columns.length < COLUMNS_MIN && room <= ROOM_MAX;
}

/** What names a row is in one line where it is short, and in as many as it needs where nobody knew how long it is. */
function withRoom<Row>(column: TableProps.ColumnDefinition<Row>): TableProps.ColumnDefinition<Row> {
  const { isRowHeader, cell } = column;
  return isRowHeader ? { ...column, cell: (row) => <div className="names-row">{cell(row)}</div> } : column;
}

function AsCards<Row>(props: TableProps<Row>) {
  const { items, trackBy, columnDefinitions, ariaLabels, header, filter, empty, loading, loadingText, footer } = props;
  const named = columnDefinitions.find(({ isRowHeader }) => isRowHeader) ?? columnDefinitions[0];
  const others = columnDefinitions.filter((each) => each !== named);
  const keyOf = (row: Row) => String(typeof trackBy === 'function' ? trackBy(row) : row[trackBy as keyof Row]);
  return (
    <SpaceBetween size="s">
      {header}
      {filter}
      {loading && <StatusIndicator type="loading">{loadingText}</StatusIndicator>}
      {!loading && items.length === 0 && empty}
      {!loading && items.length > 0 && (
        <ul className="cards" aria-label={ariaLabels?.tableLabel}>
          {items.map((row) => (
            <li key={keyOf(row)}>
              <Container>
                <Box fontWeight="bold">{named?.cell(row)}</Box>
                <dl>
                  {others.map(({ id, header: name, cell, minWidth }) => (
                    <div key={id} className={Number(minWidth ?? 0) < HALF_MAX ? undefined : 'in-full'}>
                      <dt>{name}</dt>
                      <dd>{cell(row)}</dd>
                    </div>
                  ))}
                </dl>
              </Container>
            </li>
          ))}
        </ul>
      )}
      {footer}
    </SpaceBetween>
  );
}
