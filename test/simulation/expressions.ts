/**
 * The DynamoDB expressions that the store builds, for the in-memory model. Anything else is a syntax error.
 *
 *     condition  = term { "AND" term }
 *     term       = "attribute_exists" "(" name ")"
 *                | "attribute_not_exists" "(" name ")"
 *                | "begins_with" "(" name "," value ")"
 *                | name ( "=" | "<" | "<=" | ">" | ">=" ) value
 *                | name "BETWEEN" value "AND" value
 *     update     = clause { clause }
 *     clause     = "SET" assignment { "," assignment }
 *                | "ADD" name value { "," name value }
 *                | "REMOVE" name { "," name }
 *     assignment = name "=" ( value | "if_not_exists" "(" name "," value ")" )
 *     name       = identifier | "#" identifier
 *     value      = ":" identifier
 *
 * Keywords are in capitals. A `#name` and a `:value` are placeholders, which the command defines.
 */

export type Item = Record<string, unknown>;

export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Item>;
}

/** Whether an item meets a condition, a key condition or a filter. Every item meets an absent one. */
export function matches(expression: string | undefined, item: Item, placeholders: Placeholders): boolean {
  return expression === undefined || condition(expression)(item, placeholders);
}

/** The item after an update. */
export function updated(expression: string | undefined, item: Item, placeholders: Placeholders): Item {
  return expression === undefined ? item : update(expression)(item, placeholders);
}

/** Orders two numbers or two strings as sort keys are ordered. */
export function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  return (a as number) < (b as number) ? -1 : 1;
}

type Test = (item: Item, placeholders: Placeholders) => boolean;
type Change = (item: Item, placeholders: Placeholders) => Item;
/** Writes to `after` what follows from `before`. */
type Assign = (before: Item, after: Item, placeholders: Placeholders) => void;

/** Parses each expression once: a simulation evaluates a few dozen of them some million times. */
function remembered<Parsed>(parse: (parser: Parser) => Parsed): (expression: string) => Parsed {
  const known = new Map<string, Parsed>();
  return (expression) => {
    const found = known.get(expression);
    if (found !== undefined) return found;
    const parser = new Parser(expression);
    const parsed = parse(parser);
    parser.end();
    known.set(expression, parsed);
    return parsed;
  };
}

const condition = remembered((parser) => parser.condition());
const update = remembered((parser) => parser.update());

const COMPARISONS: Readonly<Record<string, (sign: number) => boolean>> = {
  '=': (sign) => sign === 0,
  '<': (sign) => sign < 0,
  '<=': (sign) => sign <= 0,
  '>': (sign) => sign > 0,
  '>=': (sign) => sign >= 0,
};

const TOKEN = /\s*([#:]?\w+|<=|>=|[=<>(),])/y;

/** A recursive descent parser, with one method for each rule of the grammar. */
class Parser {
  readonly #expression: string;
  readonly #tokens: string[] = [];
  #place = 0;

  constructor(expression: string) {
    this.#expression = expression;
    for (let from = 0; expression.slice(from).trim() !== ''; from = TOKEN.lastIndex) {
      TOKEN.lastIndex = from;
      const [, token] = TOKEN.exec(expression) ?? this.#fail(expression.slice(from));
      this.#tokens.push(token ?? '');
    }
  }

  condition(): Test {
    const terms = [this.#term()];
    while (this.#accepts('AND')) terms.push(this.#term());
    return (item, placeholders) => terms.every((term) => term(item, placeholders));
  }

  update(): Change {
    const assigns: Assign[] = [];
    do assigns.push(...this.#clause());
    while (this.#place < this.#tokens.length);
    return (before, placeholders) => {
      const after = { ...before };
      for (const assign of assigns) assign(before, after, placeholders);
      return after;
    };
  }

  end(): void {
    if (this.#place < this.#tokens.length) this.#fail(this.#next());
  }

  #term(): Test {
    const first = this.#next();
    if (this.#accepts('(')) return this.#call(first);
    const name = this.#nameOf(first);
    if (this.#accepts('BETWEEN')) {
      const low = this.#value();
      this.#expect('AND');
      const high = this.#value();
      return (item, placeholders) => {
        const value = item[name(placeholders)];
        const [from, to] = [low(placeholders), high(placeholders)];
        return value !== undefined && compare(value, from) >= 0 && compare(value, to) <= 0;
      };
    }
    const operator = this.#next();
    const accepts = COMPARISONS[operator] ?? this.#fail(operator);
    const operand = this.#value();
    return (item, placeholders) => {
      const value = item[name(placeholders)];
      const other = operand(placeholders);
      return value !== undefined && accepts(compare(value, other));
    };
  }

  #call(called: string): Test {
    const name = this.#name();
    let test: Test;
    if (called === 'attribute_exists') test = (item, placeholders) => item[name(placeholders)] !== undefined;
    else if (called === 'attribute_not_exists') test = (item, placeholders) => item[name(placeholders)] === undefined;
    else if (called === 'begins_with') {
      this.#expect(',');
      const prefix = this.#value();
      test = (item, placeholders) => String(item[name(placeholders)] ?? '').startsWith(String(prefix(placeholders)));
    } else return this.#fail(called);
    this.#expect(')');
    return test;
  }

  #clause(): Assign[] {
    const keyword = this.#next();
    const assigns: Assign[] = [];
    do {
      const name = this.#name();
      if (keyword === 'SET') assigns.push(this.#assignment(name));
      else if (keyword === 'ADD') {
        const value = this.#value();
        assigns.push((before, after, placeholders) => {
          after[name(placeholders)] = Number(before[name(placeholders)] ?? 0) + Number(value(placeholders));
        });
      } else if (keyword === 'REMOVE') {
        assigns.push((_before, after, placeholders) => {
          delete after[name(placeholders)];
        });
      } else this.#fail(keyword);
    } while (this.#accepts(','));
    return assigns;
  }

  #assignment(target: Operand<string>): Assign {
    this.#expect('=');
    let source: Operand<string> | undefined;
    if (this.#accepts('if_not_exists')) {
      this.#expect('(');
      source = this.#name();
      this.#expect(',');
    }
    const value = this.#value();
    if (source) this.#expect(')');
    return (before, after, placeholders) => {
      const kept = source && before[source(placeholders)];
      after[target(placeholders)] = kept ?? value(placeholders);
    };
  }

  #name(): Operand<string> {
    return this.#nameOf(this.#next());
  }

  #nameOf(token: string): Operand<string> {
    if (!/^#?\w+$/.test(token)) this.#fail(token);
    if (!token.startsWith('#')) return () => token;
    return ({ ExpressionAttributeNames }) => ExpressionAttributeNames?.[token] ?? missing(token);
  }

  #value(): Operand<unknown> {
    const token = this.#next();
    if (!token.startsWith(':')) this.#fail(token);
    return ({ ExpressionAttributeValues }) => ExpressionAttributeValues?.[token] ?? missing(token);
  }

  #next(): string {
    const token = this.#tokens[this.#place] ?? this.#fail('its end');
    this.#place += 1;
    return token;
  }

  #accepts(token: string): boolean {
    if (this.#tokens[this.#place] !== token) return false;
    this.#place += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#accepts(token)) this.#fail(this.#tokens[this.#place] ?? 'its end');
  }

  #fail(at: string): never {
    throw new Error(`the model does not support "${this.#expression}", at ${at}`);
  }
}

/** A part of an expression that the placeholders of a command complete. */
type Operand<Value> = (placeholders: Placeholders) => Value;

function missing(placeholder: string): never {
  throw Object.assign(new Error(`${placeholder} is not defined`), { name: 'ValidationException' });
}
