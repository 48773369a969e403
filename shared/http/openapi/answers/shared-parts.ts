import * as z from 'zod/mini';
import type { Currency } from '../../../domain/money.ts';
import { CURRENCIES } from '../../../domain/money.ts';
import type { FailureCode } from '../../../domain/order.ts';
import { FAILURES } from '../../../domain/order.ts';
import type { Country } from '../../../domain/phone.ts';
import { PLANS } from '../../../domain/phone.ts';
import type { RefusalCode } from '../../../manifest/refusals.ts';
import { REFUSALS } from '../../../manifest/refusals.ts';
import { CELL_PROBLEMS, REFERENCE_PROBLEMS } from '../../csv/sheet-cells.ts';
import type { viewActor } from '../../views/actor-views.ts';
import { PUBLIC_STATUSES } from '../../views/public-status.ts';
import { named, viewOf } from '../schema.ts';

/** The codes of refusals that a row may have. */
export const CATALOGUE_PROBLEMS = [
  'invalid_request',
  'invalid_target',
  'invalid_amount',
  'product_not_found',
  'product_unavailable',
] as const satisfies RefusalCode[];

/** What the answers of several families have in common. */

export const instant = z.iso.datetime();
export const money = z.number();
export const count = z.int();
export const text = z.string();
export const maybeText = z.nullable(text);
export const maybeInstant = z.nullable(instant);

export const currency = named('Currency', z.enum(Object.keys(CURRENCIES) as Currency[]));
export const mode = named('Mode', z.enum(['live', 'test']));
export const country = named('Country', z.enum(Object.keys(PLANS) as Country[]));
export const status = named('OrderStatus', z.enum(PUBLIC_STATUSES));

export const failure = named(
  'Failure',
  z.strictObject({
    code: z.enum(Object.keys(FAILURES) as FailureCode[]),
    message: text,
    retryable: z.boolean(),
  }),
);

export const actor = viewOf<NonNullable<ReturnType<typeof viewActor>>>()(
  'Actor',
  z.strictObject({ type: z.enum(['key', 'person', 'operator']), id: maybeText }),
);

/** One page of a list. */
export function pageOf<Item extends z.ZodMiniType>(id: string, item: Item) {
  return named(id, z.strictObject({ data: z.array(item), next_cursor: maybeText }));
}

/** What is wrong with a row: its form, its reference, or what the catalogue says to it, as for a single order. */
const rowProblem = named(
  'RowProblemCode',
  z.enum([
    ...(Object.keys(CELL_PROBLEMS) as (keyof typeof CELL_PROBLEMS)[]),
    ...(Object.keys(REFERENCE_PROBLEMS) as (keyof typeof REFERENCE_PROBLEMS)[]),
    ...CATALOGUE_PROBLEMS,
  ]),
);

export const cellProblem = named(
  'CellProblem',
  z.strictObject({ column: text, code: rowProblem, detail: text, fix: text }),
);
export const rowError = named(
  'RowError',
  z.strictObject({ row: count, column: text, code: rowProblem, detail: text, fix: text }),
);
const fieldProblem = named('FieldProblem', z.strictObject({ param: text, detail: text, fix: text }));

/** The body of every refusal of our own protocol. */
export const refusal = named(
  'Problem',
  z.strictObject({
    type: text,
    title: text,
    status: count,
    detail: text,
    code: z.enum(Object.keys(REFUSALS) as RefusalCode[]),
    param: z.optional(text),
    fix: text,
    errors: z.optional(z.array(z.union([rowError, fieldProblem]))),
    retryable: z.boolean(),
    request_id: text,
  }),
);
