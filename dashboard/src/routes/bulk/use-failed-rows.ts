import { useQuery } from '@tanstack/react-query';
import type { Batch } from '../../../../sdk/typescript/src/api.ts';
import type { Scope } from '../../api/client.ts';
import { partsOf } from '../../api/parts.ts';
import { useScope } from '../../api/queries.ts';
import { type FailedAmount, sumsOf } from './failed-rows.ts';

const FAILED = ['failed', 'refunded', 'reversed'] as const;

/** What a retry of a batch sends again. */
export function useFailedRows(batch: Batch) {
  const scope = useScope();
  return useQuery<readonly FailedAmount[], Error>({
    queryKey: [scope, 'failed rows', batch.id],
    queryFn: () => readFailed(scope, batch),
  });
}

/** Read as files: a part of one has a hundred times the rows of a page. */
async function readFailed(scope: Scope, { id, counts }: Batch): Promise<readonly FailedAmount[]> {
  const { cellsOf } = await import('./cells.ts');
  const records: Record<string, string>[] = [];
  for (const status of FAILED.filter((each) => counts[each] > 0)) {
    const parts: string[] = [];
    const input = { path: { batch_id: id }, query: { status, format: 'csv' as const } };
    for await (const part of partsOf(scope, 'listBulkRows', input)) parts.push(part);
    const [header = [], ...rows] = cellsOf(parts.join(''), ',');
    for (const row of rows) records.push(Object.fromEntries(header.map((name, place) => [name, row[place] ?? ''])));
  }
  return sumsOf(records);
}
