import { defined } from '../domain/defined.ts';
import type { DayFigures } from '../domain/figures.ts';
import type { Owner } from '../domain/ledger.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { listPk } from './list-newest-first.ts';
import { queryAll } from './read-items.ts';
import { saveNext } from './write.ts';

/** The figures of a merchant's days: `<merchant>#<mode>` / `2026-05-07`. They can be made again from the orders. */

const FIGURES: Shape<DayFigures> = {
  day: 'string',
  asOf: 'string',
  version: 'number',
  recounts: 'number',
  upTo: 'string',
  decided: 'object',
  open: 'object',
  openReferences: 'object',
};

/** Those of the days from one to another, both included, oldest first. A day without orders has none. */
export async function readFigures(world: World, owner: Owner, from: string, to: string): Promise<DayFigures[]> {
  const items = await queryAll(world, 'figures', {
    KeyConditionExpression: 'pk = :owner AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':owner': listPk(owner), ':from': from, ':to': to },
  });
  return items.map((item) => fromItem('figures', FIGURES, { ...item, day: item.sk }));
}

/** Writes the next version. False when another run was first. */
export function saveFigures(world: World, owner: Owner, { day, ...figures }: DayFigures): Promise<boolean> {
  const item = { pk: listPk(owner), sk: day, ...defined(figures) };
  return saveNext(world, { table: 'figures', item, counter: 'version' });
}
