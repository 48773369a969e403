import { expect } from '@jest/globals';

/**
 * CloudWatch on a small scale: takes data points of metrics and lines of logs, and says whether an alarm as it stands in
 * a template is on. What it does not know, it refuses, so that no alarm uses more than is tested here.
 */

type Json = Record<string, unknown>;

/** Data of one metric, some minutes ago. */
export interface Point {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly minutesAgo: number;
}

interface Rules {
  /** Values of a template as text. */
  readonly text: (value: unknown) => string;
  /** What CloudWatch makes of FILL where a metric has no data at all: its page does not say. Alarms hold with both. */
  readonly fillsEmpty: boolean;
}

/** The data points of a line in the embedded metric format, as the function wrote it. */
export function pointsOfLine(line: Json): Point[] {
  const { CloudWatchMetrics = [] } = (line._aws ?? {}) as { CloudWatchMetrics?: Directive[] };
  return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.flatMap(({ Name }) =>
        [line[Name]].flat().map((value) => ({
          namespace: Namespace,
          name: Name,
          dimensions: Object.fromEntries(names.map((name) => [name, String(line[name])])),
          value: Number(value),
          minutesAgo: 1,
        })),
      ),
    ),
  );
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: string[][];
  readonly Metrics: { readonly Name: string }[];
}

/** The data points that a metric filter counts in a line of its log. */
export function pointsOfFilter(filter: Json, line: Json): Point[] {
  const terms = String(filter.FilterPattern).matchAll(/\(?\$\.(\w+) = "([^"]*)"\)?/g);
  const wanted = [...terms].map(([, field = '', text]) => [field, text] as const);
  expect(wanted.length).toBeGreaterThan(0);
  if (!wanted.every(([field, text]) => line[field] === text)) return [];
  const [made] = filter.MetricTransformations as Json[];
  const dimensions = ((made?.Dimensions ?? []) as { Key: string; Value: string }[]).map(({ Key, Value }) => {
    return [Key, String(line[Value.replace('$.', '')])] as const;
  });
  const { MetricNamespace, MetricName, MetricValue } = made ?? {};
  return [
    {
      namespace: String(MetricNamespace),
      name: String(MetricName),
      dimensions: Object.fromEntries(dimensions),
      value: Number(MetricValue),
      minutesAgo: 1,
    },
  ];
}

/** Whether EventBridge finds an event by a pattern: each field is one of its values, or ends as one says. */
export function matchesPattern(pattern: unknown, event: unknown, text: Rules['text']): boolean {
  if (!Array.isArray(pattern)) {
    const fields = (event ?? {}) as Json;
    return Object.entries(pattern as Json).every(([name, own]) => matchesPattern(own, fields[name], text));
  }
  return pattern.some((each) => {
    const { suffix } = Object(each) as { suffix?: string };
    return suffix === undefined ? text(each) === event : String(event).endsWith(suffix);
  });
}

/** Whether an alarm is on, with these data and none before. */
export function isOn(alarm: Json, points: readonly Point[], rules: Rules): boolean {
  const count = Number(alarm.EvaluationPeriods);
  expect(alarm.DatapointsToAlarm ?? count).toBe(count);
  const seconds = periodOf(alarm);
  return Array.from({ length: count }, (_, n) => n).every((n) => {
    const window = points.filter(({ minutesAgo }) => {
      const age = minutesAgo * 60;
      return age > n * seconds && age <= (n + 1) * seconds;
    });
    return isBad(alarm, valueIn(alarm, window, rules));
  });
}

function isBad({ TreatMissingData, ComparisonOperator, Threshold }: Json, value: number | undefined): boolean {
  if (value === undefined) {
    expect(['breaching', 'notBreaching']).toContain(TreatMissingData);
    return TreatMissingData === 'breaching';
  }
  if (ComparisonOperator === 'LessThanThreshold') return value < Number(Threshold);
  expect(ComparisonOperator).toBe('GreaterThanOrEqualToThreshold');
  return value >= Number(Threshold);
}

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly ReturnData?: boolean;
  readonly Period?: number;
  readonly MetricStat?: { readonly Metric: Json; readonly Period: number; readonly Stat: string };
}

function queriesOf(alarm: Json): Query[] {
  return (alarm.Metrics ?? []) as Query[];
}

function periodOf(alarm: Json): number {
  const periods = queriesOf(alarm).map(({ Period, MetricStat }) => Period ?? MetricStat?.Period);
  const all = new Set(alarm.Period === undefined ? periods.filter((each) => each !== undefined) : [alarm.Period]);
  expect(all.size).toBe(1);
  return Number([...all][0]);
}

function valueIn(alarm: Json, points: readonly Point[], rules: Rules): number | undefined {
  const queries = queriesOf(alarm);
  if (queries.length === 0) {
    // AWS keeps such an alarm as it is while there are no data, whatever it says about missing ones.
    expect(alarm.Namespace).not.toBe('AWS/DynamoDB');
    return statistic(String(alarm.Statistic ?? alarm.ExtendedStatistic), select(alarm, points, rules));
  }
  expect(queries.filter(({ MetricStat }) => MetricStat).length).toBeLessThanOrEqual(10);
  const returned = queries.filter(({ ReturnData }) => ReturnData !== false);
  expect(returned).toHaveLength(1);
  const read = (id: string): number | undefined => {
    const query = queries.find(({ Id }) => Id === id);
    if (!query) throw new Error(`no metric ${id}`);
    if (query.MetricStat) return statistic(query.MetricStat.Stat, select(query.MetricStat.Metric, points, rules));
    const expression = query.Expression ?? '';
    return expression.startsWith('SELECT') ? ofQuery(expression, points) : new Formula(expression, read, rules).value();
  };
  return read(returned[0]?.Id ?? '');
}

function select({ Namespace, MetricName, Dimensions }: Json, points: readonly Point[], { text }: Rules): number[] {
  const wanted = ((Dimensions ?? []) as { Name: string; Value: unknown }[]).map(({ Name, Value }) => [
    Name,
    text(Value),
  ]);
  const key = (entries: readonly (readonly unknown[])[]) => JSON.stringify([...entries].sort());
  return points
    .filter(({ namespace, name }) => namespace === Namespace && name === MetricName)
    .filter(({ dimensions }) => key(Object.entries(dimensions)) === key(wanted))
    .map(({ value }) => value);
}

function ofQuery(expression: string, points: readonly Point[]): number | undefined {
  const parts = /^SELECT SUM\((\w+)\) FROM SCHEMA\("([^"]+)", (.+)\)$/.exec(expression);
  if (!parts) throw new Error(`a query that is not known here: ${expression}`);
  const [, metric, from, names = ''] = parts;
  const schema = names.split(', ').sort().join();
  const found = points.filter(({ namespace, name, dimensions }) => {
    return namespace === from && name === metric && Object.keys(dimensions).sort().join() === schema;
  });
  return statistic(
    'Sum',
    found.map(({ value }) => value),
  );
}

function statistic(name: string, values: number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  switch (name) {
    case 'Sum':
      return values.reduce((sum, value) => sum + value, 0);
    case 'Maximum':
      return sorted.at(-1);
    case 'Minimum':
      return sorted[0];
    case 'SampleCount':
      return values.length;
    case 'p99':
      return sorted[Math.ceil(0.99 * values.length) - 1];
    default:
      throw new Error(`a statistic that is not known here: ${name}`);
  }
}

type Value = number | undefined;

/** Metric math, as far as alarms here use it. A missing value makes what is computed from it missing. */
class Formula {
  readonly #tokens: string[];
  readonly #read: (id: string) => Value;
  readonly #rules: Rules;

  constructor(expression: string, read: (id: string) => Value, rules: Rules) {
    this.#tokens = expression.match(/>=|[\w.]+|[-+*/(),[\]]/g) ?? [];
    this.#read = read;
    this.#rules = rules;
  }

  value(): Value {
    const value = this.#comparison();
    expect(this.#tokens).toEqual([]);
    return value;
  }

  #comparison(): Value {
    const left = this.#sum();
    if (!this.#takes('>=')) return left;
    const right = this.#sum();
    return both(left, right, (a, b) => Number(a >= b));
  }

  #sum(): Value {
    let left = this.#product();
    while (this.#takes('+')) left = both(left, this.#product(), (a, b) => a + b);
    return left;
  }

  #product(): Value {
    let left = this.#one();
    for (;;) {
      if (this.#takes('*')) left = both(left, this.#one(), (a, b) => a * b);
      // AWS has no value where something is divided by zero.
      else if (this.#takes('/')) left = both(left, this.#one(), (a, b) => (b === 0 ? undefined : a / b));
      else return left;
    }
  }

  #one(): Value {
    const token = this.#tokens.shift() ?? '';
    if (/^[\d.]+$/.test(token)) return Number(token);
    if (token === '(') {
      const inner = this.#comparison();
      this.#expect(')');
      return inner;
    }
    if (this.#tokens[0] !== '(') return this.#read(token);
    this.#expect('(');
    const list = this.#takes('[');
    const values = [this.#comparison()];
    while (this.#takes(',')) values.push(this.#comparison());
    if (list) this.#expect(']');
    this.#expect(')');
    return this.#call(token, values);
  }

  #call(name: string, values: readonly Value[]): Value {
    const there = values.filter((value) => value !== undefined);
    switch (name) {
      case 'FILL':
        return values[0] ?? (this.#rules.fillsEmpty ? values[1] : undefined);
      case 'IF':
        return values[0] === undefined ? undefined : values[0] === 0 ? values[2] : values[1];
      case 'SUM':
        return there.length === 0 ? undefined : there.reduce((sum, value) => sum + value, 0);
      case 'MAX':
        return there.length === 0 ? undefined : Math.max(...there);
      default:
        throw new Error(`a function that is not known here: ${name}`);
    }
  }

  #takes(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  #expect(token: string): void {
    expect(this.#tokens.shift()).toBe(token);
  }
}

function both(a: Value, b: Value, of: (a: number, b: number) => Value): Value {
  return a === undefined || b === undefined ? undefined : of(a, b);
}
