import type { CardsProps } from '@cloudscape-design/components/cards';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { later } from './later.tsx';
import { usePhone } from './use-phone.ts';

const Cards = later<CardsProps<unknown>>(async () => (await import('@cloudscape-design/components/cards')).default);

/** A table of fewer columns fits a phone. */
const COLUMNS_MIN = 4;
/** Of two columns with less than this each, both are in one line of a card. */
const HALF_MAX = 175;

/**
 * Rows of anything: a table, or, on a phone, where one would have to be scrolled sideways, a card for each. No text of
 * a user makes a column wider than the others have room for.
 */
export function Rows<Row>(props: TableProps<Row>) {
  const isPhone = usePhone();
  if (isPhone && props.columnDefinitions.length >= COLUMNS_MIN) return <AsCards {...props} />;
  return (
    <div className="rows">
      <Table wrapLines {...props} columnDefinitions={props.columnDefinitions.map(withRoom)} />
    </div>
  );
}

/** What names a row is in one line where it is short, and in as many as it needs where nobody knew how long it is. */
function withRoom<Row>(column: TableProps.ColumnDefinition<Row>): TableProps.ColumnDefinition<Row> {
  const { isRowHeader, cell } = column;
  return isRowHeader ? { ...column, cell: (row) => <div className="names-row">{cell(row)}</div> } : column;
}

function AsCards<Row>({ items, trackBy, columnDefinitions, ariaLabels, ...props }: TableProps<Row>) {
  const header = columnDefinitions.find(({ isRowHeader }) => isRowHeader) ?? columnDefinitions[0];
  const others = columnDefinitions.filter((each) => each !== header);
  const definition: CardsProps.CardDefinition<Row> = {
    ...(header && { header: header.cell }),
    sections: others.map(({ id = '', header: name, cell, minWidth }) => ({
      id,
      header: name,
      content: cell,
      width: Number(minWidth ?? 0) < HALF_MAX ? 50 : 100,
    })),
  };
  const { header: title, filter, empty, loading, loadingText, footer } = props;
  return (
    <SpaceBetween size="s">
      <div className="cards">
        <Cards
          items={items}
          trackBy={trackBy as CardsProps.TrackBy<unknown>}
          cardDefinition={definition as CardsProps.CardDefinition<unknown>}
          cardsPerRow={[{ cards: 1 }]}
          ariaLabels={{
            cardsLabel: ariaLabels?.tableLabel ?? '',
            itemSelectionLabel: () => '',
            selectionGroupLabel: '',
          }}
          {...{ header: title, filter, empty, loading, loadingText }}
        />
      </div>
      {footer}
    </SpaceBetween>
  );
}
