import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/queries.ts';
import { DocsLink } from '../../parts/docs-link.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Money } from '../../parts/money.tsx';
import { moneyText } from '../../parts/money-text.ts';
import { Rows } from '../../parts/rows.tsx';
import { useUrlSearch } from '../../parts/use-search.ts';
import { When } from '../../parts/when.tsx';
import { figureTexts as texts } from '../../texts/figures.ts';
import { DayBars, dayText, type Measure } from './day-bars.tsx';
import { allOf, currenciesOf, daysOf, networksOf, ordersOf, type Row, type Sum, successOf } from './figures-of.ts';

const DAY_MS = 86_400_000;
/** They are counted every ten minutes at most. */
const STALE_MS = 300_000;
const PERIODS = Object.entries(texts.periods).map(([id, text]) => ({ id, text }));
const MEASURES = Object.entries(texts.measures).map(([id, text]) => ({ id: id as Measure, text }));

/** What the orders of the last days came to, by day and by network. What is shown of it is in the URL. */
export function Figures() {
  const [{ days = '30' }, change] = useUrlSearch();
  const period = PERIODS.find(({ id }) => id === days) ?? PERIODS[1];
  const from = new Date(Date.now() - (Number(period?.id) - 1) * DAY_MS).toISOString().slice(0, 10);
  const figures = useRead('getFigures', { query: { from } }, { staleMs: STALE_MS });
  return (
    <Container
      header={
        <Header variant="h2" actions={<DocsLink to="figures">{texts.more}</DocsLink>}>
          {texts.title}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <SegmentedControl
          label={texts.period}
          selectedId={period?.id ?? null}
          options={PERIODS}
          onChange={({ detail }) => change({ days: detail.selectedId })}
        />
        <Loaded query={figures}>{(data) => <Shown figures={data} />}</Loaded>
      </SpaceBetween>
    </Container>
  );
}

function Shown({ figures }: { readonly figures: Answer<'getFigures'> }) {
  const [{ currency: wanted = '', show = '' }, change] = useUrlSearch();
  const currencies = currenciesOf(figures);
  const currency = currencies.find((each) => each === wanted) ?? currencies[0];
  if (currency === undefined) return <Empty title={texts.noneTitle} text={texts.noneText} />;
  const days = daysOf(figures, currency);
  const measure = MEASURES.find(({ id }) => id === show)?.id ?? 'volume';
  return (
    <SpaceBetween size="l">
      {currencies.length > 1 && (
        <SegmentedControl
          label={texts.currency}
          selectedId={currency}
          options={currencies.map((id) => ({ id, text: id }))}
          onChange={({ detail }) => change({ currency: detail.selectedId })}
        />
      )}
      <Totals sum={allOf(days)} currency={currency} asOf={days.findLast(({ asOf }) => asOf)?.asOf} />
      <section>
        <SpaceBetween size="s">
          <SpaceBetween direction="horizontal" size="s" alignItems="center">
            <Box variant="h3">{texts.byDay[measure]}</Box>
            <SegmentedControl
              label={texts.show}
              selectedId={measure}
              options={MEASURES}
              onChange={({ detail }) => change({ show: detail.selectedId })}
            />
          </SpaceBetween>
          <DayBars rows={days} measure={measure} textOf={(value) => textOf(value, measure, currency)} />
          <ExpandableSection headerText={texts.numbers}>
            <Figured
              rows={days.filter(({ asOf }) => asOf).toReversed()}
              currency={currency}
              label={texts.numbers}
              first={{ header: texts.day, cell: ({ name }) => dayText(name) }}
              last={{ id: 'asOf', header: texts.asOf, minWidth: 150, cell: ({ asOf }) => <When at={asOf} /> }}
            />
          </ExpandableSection>
        </SpaceBetween>
      </section>
      <section>
        <Box variant="h3">{texts.byNetwork}</Box>
        <Networks rows={networksOf(figures, currency)} currency={currency} />
      </section>
    </SpaceBetween>
  );
}

function Totals({ sum, currency, asOf }: { readonly sum: Sum; readonly currency: string; readonly asOf?: string }) {
  return (
    <div role="status">
      <KeyValuePairs
        columns={4}
        items={[
          { label: texts.volume, value: <Money amount={sum.volume} currency={currency} /> },
          { label: texts.orders, value: texts.count(ordersOf(sum)) },
          {
            label: texts.rate,
            value: (
              <>
                {rateText(sum)} <Box variant="small">{texts.rateHint}</Box>
              </>
            ),
          },
          { label: texts.asOf, value: <When at={asOf} /> },
        ]}
      />
    </div>
  );
}

/** The length of each bar is the network's part of the orders, which is said beside it. */
function Networks({ rows, currency }: { readonly rows: readonly Row[]; readonly currency: string }) {
  const all = ordersOf(allOf(rows));
  const share = (row: Row) => Math.floor((ordersOf(row) * 1_000) / all);
  return (
    <Figured
      rows={rows}
      currency={currency}
      label={texts.byNetwork}
      first={{
        header: texts.network,
        cell: (row) => (
          <>
            {row.name}
            <div className="share" style={{ inlineSize: `${share(row) / 10}%` }} aria-hidden />
          </>
        ),
      }}
      last={{ id: 'share', header: texts.share, minWidth: 100, cell: (row) => texts.percent(share(row)) }}
    />
  );
}

type Column = TableProps.ColumnDefinition<Row>;

interface RowsProps {
  readonly rows: readonly Row[];
  readonly currency: string;
  readonly label: string;
  readonly first: Pick<Column, 'header' | 'cell'>;
  readonly last: Column;
}

function Figured({ rows, currency, label, first, last }: RowsProps) {
  return (
    <Rows
      items={rows}
      trackBy="name"
      variant="embedded"
      ariaLabels={{ tableLabel: label }}
      columnDefinitions={[
        { id: 'name', isRowHeader: true, minWidth: 120, ...first },
        {
          id: 'volume',
          header: texts.volume,
          minWidth: 130,
          cell: (row) => <Money amount={row.volume} {...{ currency }} />,
        },
        { id: 'orders', header: texts.orders, minWidth: 90, cell: (row) => texts.count(ordersOf(row)) },
        { id: 'delivered', header: texts.delivered, minWidth: 100, cell: (row) => texts.count(row.delivered) },
        { id: 'not', header: texts.notDelivered, minWidth: 120, cell: (row) => texts.count(row.notDelivered) },
        { id: 'undecided', header: texts.undecided, minWidth: 110, cell: (row) => texts.count(row.undecided) },
        { id: 'rate', header: texts.rate, minWidth: 110, cell: rateText },
        last,
      ]}
    />
  );
}

function rateText(sum: Sum): string {
  const success = successOf(sum);
  return success === undefined ? '–' : texts.percent(success);
}

function textOf(value: number, measure: Measure, currency: string): string {
  if (measure === 'rate') return texts.percent(value);
  return measure === 'volume' ? moneyText(value, currency) : texts.count(value);
}
