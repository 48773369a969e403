import type { Line } from '../line.ts';
import { ofRow, ofWaiting } from '../model/operations.ts';

export const line: Line = {
  name: 'log-bytes',
  what: 'Bytes that our functions log, without what Lambda and API Gateway add.',
  kind: 'count',
  wanted: { 'single order': { most: 700, before: '1,300' }, 'bulk row': { most: 350, before: '784' } },
  async measure() {
    const { logBytes: order } = await ofWaiting(800);
    const { logBytes: row } = await ofRow();
    return { 'single order': order, 'bulk row': row };
  },
};
