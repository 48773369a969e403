import type { Origin } from '../../shared/domain/act.ts';

/** Who does what a test only prepares. */
export const OPERATOR: Origin = { by: { kind: 'operator', id: 'test' } };
