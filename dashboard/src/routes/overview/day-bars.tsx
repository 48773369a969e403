import { figureTexts as texts } from '../../texts/figures.ts';
import { type Row, roundAbove, successOf } from './figures-of.ts';

/** Bars of ours: with the charts of the kit, the first page would be 31 KB larger, and data costs money here. */

export type Measure = keyof typeof texts.measures;

interface Part {
  readonly kind: 'delivered' | 'not' | 'undecided';
  readonly label: string;
  readonly amountOf: (row: Row) => number;
}

const DELIVERED: Part = { kind: 'delivered', label: texts.delivered, amountOf: ({ delivered }) => delivered };
const PARTS: Readonly<Record<Measure, readonly Part[]>> = {
  // For the length of a bar alone: the number beside it is exact.
  volume: [{ ...DELIVERED, amountOf: ({ volume }) => Number(volume) }],
  orders: [
    DELIVERED,
    { kind: 'not', label: texts.notDelivered, amountOf: ({ notDelivered }) => notDelivered },
    { kind: 'undecided', label: texts.undecided, amountOf: ({ undecided }) => undecided },
  ],
  rate: [{ ...DELIVERED, amountOf: (row) => successOf(row) ?? 0 }],
};
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });

export function dayText(day: string): string {
  return DAY.format(new Date(day));
}

interface DayBarsProps {
  readonly rows: readonly Row[];
  readonly measure: Measure;
  /** A value of the scale in words. */
  readonly textOf: (value: number) => string;
}

/** A bar for each day. For who cannot see them, the highest is in words; the table below has every number. */
export function DayBars({ rows, measure, textOf }: DayBarsProps) {
  const parts = PARTS[measure];
  const heightOf = (row: Row) => parts.reduce((sum, { amountOf }) => sum + amountOf(row), 0);
  const highest = rows.reduce<Row | undefined>(
    (most, row) => (most && heightOf(most) >= heightOf(row) ? most : row),
    undefined,
  );
  const most = highest ? heightOf(highest) : 0;
  const top = measure === 'rate' ? 1_000 : roundAbove(most);
  const marks = [rows[0], rows[Math.floor(rows.length / 2)], rows.at(-1)];
  const summary =
    highest && most > 0 ? texts.summary(rows.length, textOf(most), dayText(highest.name)) : texts.noBars(rows.length);
  return (
    <div className="bars" role="img" aria-label={`${texts.byDay[measure]}. ${summary}`}>
      <div className="bars-scale">
        <span>{textOf(top)}</span>
        <span>{textOf(0)}</span>
      </div>
      <div className="bars-plot">
        {rows.map((row) => (
          <div key={row.name}>
            {parts.map(({ kind, amountOf }) => {
              const value = amountOf(row);
              if (value === 0) return null;
              return <div key={kind} className={`bar bar-${kind}`} style={{ blockSize: `${(100 * value) / top}%` }} />;
            })}
          </div>
        ))}
      </div>
      <div className="bars-days">{marks.map((row) => row && <span key={row.name}>{dayText(row.name)}</span>)}</div>
      {parts.length > 1 && (
        <ul className="bars-legend">
          {parts.map(({ kind, label }) => (
            <li key={kind}>
              <span className={`bar bar-${kind}`} />
              {label}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
