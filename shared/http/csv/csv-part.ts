import { defined } from '../../domain/defined.ts';
import { encodeCursor } from '../cursor.ts';
import type { Answer } from '../route.ts';
import { csvRow } from './csv.ts';

/** One part of an export: an answer of API Gateway holds six megabytes and cannot be streamed. */
export interface CsvPart {
  readonly fileName: string;
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** The request's path and query; the first part has no cursor. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Where the next part begins, if more rows follow. */
  readonly next?: Readonly<Record<string, string | number>> | undefined;
}

/**
 * A CSV export in parts. While rows are left, a Link header names the next part. Only the first part has the column
 * names, so that all parts, joined, are one file.
 */
export function csvPart({ fileName, columns, rows, path, query, next }: CsvPart): Answer {
  const { cursor, ...filters } = query;
  const search = new URLSearchParams({ ...defined(filters), ...(next ? { cursor: encodeCursor(next) } : {}) });
  return {
    status: 200,
    contentType: 'text/csv; charset=utf-8',
    body: (cursor === undefined ? csvRow(columns) : '') + rows.join(''),
    headers: {
      'content-disposition': `attachment; filename="${fileName}"`,
      ...(next ? { link: `<${path}?${search}>; rel="next"` } : {}),
    },
  };
}
