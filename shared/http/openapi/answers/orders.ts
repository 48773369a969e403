import * as z from 'zod/mini';
import { PRODUCT_KINDS } from '../../../domain/catalogue.ts';
import type { viewFigures } from '../../views/figure-views.ts';
import type { viewOrder, viewOrderInFull } from '../../views/order-views.ts';
import type { viewProduct } from '../../views/product-views.ts';
import type { Contract } from '../schema.ts';
import { BODY, CURSOR, named, SPENDS, viewOf } from '../schema.ts';
import * as c from './shared-parts.ts';

/** Orders, products and targets. A field that a key may lack the scope for is `null` then. */

const token = named('Token', z.strictObject({ token: c.text, units: z.optional(c.text) }));
const holder = named('Holder', z.strictObject({ name: c.text, address: c.maybeText }));

export const orderFields = {
  id: c.text,
  agent_reference: c.text,
  status: c.status,
  final: z.boolean(),
  mode: c.mode,
  product_id: c.count,
  target: c.text,
  msisdn: c.text,
  network: c.text,
  amount: c.money,
  currency: c.currency,
  custom_sms: c.maybeText,
  provider_ref: c.maybeText,
  failure: z.nullable(c.failure),
  tokens: z.optional(z.nullable(z.array(token))),
  holder: z.optional(z.nullable(holder)),
  next_check_at: c.maybeInstant,
  held_since: z.optional(c.instant),
  under_review: z.optional(z.literal(true)),
  batch_id: z.optional(c.text),
  campaign_id: z.optional(c.text),
  created_by: z.optional(c.actor),
  created_at: c.instant,
  finalized_at: c.maybeInstant,
};

export const order = viewOf<ReturnType<typeof viewOrder>>()('Order', z.strictObject(orderFields));

export const warning = named(
  'Warning',
  z.strictObject({ code: z.literal('possible_duplicate'), other_reference: c.text }),
);
const placedOrder = named('PlacedOrder', z.strictObject({ ...orderFields, warnings: z.optional(z.array(warning)) }));

const step = named('OrderStep', z.strictObject({ at: c.instant, status: c.status, note: c.text }));
const orderInFull = viewOf<ReturnType<typeof viewOrderInFull>>()(
  'OrderInFull',
  z.strictObject({ ...orderFields, timeline: z.array(step) }),
);

const productKind = named('ProductKind', z.enum(PRODUCT_KINDS));

const product = viewOf<ReturnType<typeof viewProduct>>()(
  'Product',
  z.strictObject({
    id: c.count,
    name: c.text,
    network: c.text,
    kind: productKind,
    country: c.country,
    currency: c.currency,
    min: c.money,
    max: c.money,
    denominations: z.optional(z.array(c.money)),
    step: z.optional(c.money),
    target: named('ProductTarget', z.strictObject({ type: z.enum(['phone', 'meter']), example: c.text })),
    available: z.boolean(),
    unavailable_since: z.optional(c.instant),
  }),
);

const foundHolder = named('FoundHolder', z.strictObject({ name: c.text, address: c.maybeText, masked: z.boolean() }));
const target = named(
  'Target',
  z.strictObject({
    type: z.enum(['phone', 'meter']),
    target: c.text,
    country: c.country,
    network: c.text,
    network_is_certain: z.boolean(),
    holder: z.optional(z.nullable(foundHolder)),
    products: z.array(product),
  }),
);

const total = {
  currency: c.currency,
  country: c.country,
  network: c.text,
  kind: productKind,
  status: c.status,
  orders: c.count,
  amount: c.money,
};
const day = viewOf<ReturnType<typeof viewFigures>>()(
  'DayFigures',
  z.strictObject({
    date: z.iso.date(),
    as_of: c.instant,
    totals: z.array(named('FigureTotal', z.strictObject(total))),
  }),
);
const figures = named('Figures', z.strictObject({ from: z.iso.date(), to: z.iso.date(), data: z.array(day) }));

const LOCATION = ['Location'] as const;

const orderPage = named(
  'OrderPage',
  z.strictObject({ data: z.array(order), next_cursor: c.maybeText, searched_to: c.maybeInstant }),
);

export const ordersContract = {
  'create-order': {
    answers: {
      200: {
        says: 'The reference was posted before with the same fields: the order as it is now.',
        body: placedOrder,
        headers: ['Location', 'Idempotent-Replayed'],
      },
      201: { says: 'The outcome is known.', body: placedOrder, headers: LOCATION },
      202: {
        says: 'The order is accepted, and its outcome is not known yet. It comes as an event.',
        body: placedOrder,
        headers: ['Location', 'Idempotent-Replayed'],
      },
    },
    refusals: [
      ...BODY,
      ...SPENDS,
      'insufficient_funds',
      'reference_reused',
      'product_not_found',
      'product_unavailable',
      'invalid_amount',
      'invalid_target',
    ],
    counted: true,
  },
  'get-figures': {
    answers: { 200: { says: 'The days, oldest first. A day without orders is left out.', body: figures } },
  },
  'list-orders': {
    answers: { 200: { says: 'A page of orders.', body: orderPage } },
    refusals: CURSOR,
  },
  'get-order': {
    answers: { 200: { says: 'The order with its timeline.', body: orderInFull } },
    refusals: ['order_not_found'],
  },
  'advance-order': {
    answers: { 200: { says: 'The order as it is now, with its timeline.', body: orderInFull } },
    refusals: ['order_not_found', 'test_key_required'],
    counted: true,
  },
  'get-target': {
    answers: { 200: { says: 'What the number or meter is, and what can be sent to it.', body: target } },
    refusals: ['invalid_target', 'meter_not_found', 'provider_unavailable'],
    counted: true,
  },
  'list-products': {
    answers: { 200: { says: 'All products, in one page.', body: c.pageOf('ProductPage', product) } },
  },
} as const satisfies Record<string, Contract>;
