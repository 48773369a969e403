import type { PlantedBug } from './planted-bugs.ts';

/**
 * Bugs that the simulation cannot see, because it replaces the part that they are in or never looks at it. The named
 * test must catch each one: jest runs it with the bug planted by its transformer, `test/support/strip-types.mjs`.
 */
export const PLANTED_BUGS_BY_TEST: readonly (PlantedBug & Required<Pick<PlantedBug, 'caughtBy'>>)[] = [
  {
    name: 'HotRecharge reply 219 counts as a refusal',
    file: 'shared/providers/hotrecharge-replies.ts',
    find: '  219: unclear,',
    replace: "  219: refused('limit_reached'),",
    caughtBy: { test: 'test/providers/certainty.test.ts' },
  },
  {
    name: 'HotRecharge reply 702 counts as a refusal',
    file: 'shared/providers/hotrecharge-replies.ts',
    find: '  702: unclear,',
    replace: "  702: refused('network_refused'),",
    caughtBy: { test: 'test/providers/certainty.test.ts' },
  },
  {
    name: 'HotRecharge\'s "not found" is proof after 15 minutes',
    file: 'shared/providers/hotrecharge.ts',
    find: '      notFoundFinalAfterMs: HOUR,',
    replace: '      notFoundFinalAfterMs: HOUR / 4,',
    caughtBy: { test: 'test/providers/certainty.test.ts' },
  },
];
