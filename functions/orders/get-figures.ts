import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { dayOf, startOf } from '../../shared/domain/figures.ts';
import { DAY, elapsed, plus } from '../../shared/domain/time.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { viewFigures } from '../../shared/http/views/figure-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readFigures } from '../../shared/store/figures.ts';

const DAYS_MAX = 92;
const DAYS = 30;

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const date = z.optional(
  z.string().check(
    z.refine((text) => DATE.test(text) && isDay(text), {
      error: 'must be a date such as 2026-05-07.',
    }),
  ),
);

/** Not the 30th of February, which is parsed as a day of March. */
function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && dayOf(at.toISOString()) === text;
}

const query = z.strictObject({ from: date, to: date });

/** What the orders of each day came to: the last thirty days, or those asked for, in UTC and both included. */
export const getFigures = route({
  ...routes.getFigures,
  query,
  async run(world, { owner, query }) {
    const to = query.to ?? dayOf(world.now());
    const from = query.from ?? dayOf(plus(startOf(to), (1 - DAYS) * DAY));
    const days = elapsed(startOf(from), startOf(to)) / DAY + 1;
    if (days < 1 || days > DAYS_MAX) {
      const detail = days < 1 ? 'from must not be after to.' : `from and to are ${DAYS_MAX} days apart at most.`;
      throw new Refusal('invalid_request', { param: 'from', detail });
    }
    const figures = await readFigures(world, owner, from, to);
    return { status: 200, body: { from, to, data: figures.map(viewFigures) } };
  },
});

export const handler = lambda(getFigures);
