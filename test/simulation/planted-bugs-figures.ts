import type { PlantedBug } from './planted-bugs.ts';
import { bugsIn } from './planted-bugs-security.ts';

/** Bugs by which an order is in the figures of its day twice, or never. */
export const PLANTED_BUGS_FIGURES: readonly PlantedBug[] = [
  ...bugsIn('shared/store/figures.ts', 'test/functions/workers/count-figures.test.ts', [
    [
      'who counted from what is old overwrites what was counted since',
      "return saveNext(world, { table: 'figures', item, counter: 'version' });",
      `return import('@aws-sdk/lib-dynamodb')
        .then(({ PutCommand }) => world.db.send(new PutCommand({ TableName: world.table('figures'), Item: item })))
        .then(() => true);`,
    ],
  ]),
  ...bugsIn('shared/domain/figures.ts', 'test/functions/workers/count-figures.test.ts', [
    [
      'an order that is decided stays open too, and is counted by every count',
      'if (!order || !isFinal(order.status)) openReferences.push(reference);',
      'openReferences.push(reference);',
    ],
    [
      'an open order is forgotten',
      'for (const reference of [...progress.openReferences, ...wanted]) {',
      'for (const reference of wanted) {',
    ],
    ['an open order is counted with those that are decided', '? decided : open, order', '? decided : decided, order'],
    ['a day is never counted again', 'return after !== undefined && now >=', 'return after !== undefined && now <'],
  ]),
  ...bugsIn('shared/flows/figures/count-day.ts', 'test/functions/workers/count-figures.test.ts', [
    ['a count begins at the beginning again', 'rows.at(-1)?.listSk ?? progress.upTo', 'progress.upTo'],
    [
      'what the list may not have yet is passed over',
      'plus(world.now(), -SETTLING_MS);\n    const { progress',
      'world.now();\n    const { progress',
    ],
    ['a recount is counted on top of the figures', 'last.recount ?? emptyProgress(day)', 'last.recount ?? last'],
    ['every order is a write', 'changes < WORTH_WRITING', 'changes < 1'],
  ]),
];
