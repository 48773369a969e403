import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, it, jest } from '@jest/globals';
import { reportViolations } from '../../shared/local/contract.ts';

/** What `reportViolations` writes of an answer, to stderr and to the log alike. */
function reportOf(route: string, result: object): string[] {
  const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const log = jest.spyOn(console, 'error').mockReturnValue(undefined);
  reportViolations(route, result);
  const lines = stderr.mock.calls.map(([line]) => String(line).trim());
  expect(log.mock.calls.map(([line]) => line)).toEqual(lines);
  stderr.mockRestore();
  log.mockRestore();
  return lines.map((line) => JSON.parse(line).what);
}

const json = { 'content-type': 'application/json' };

it.each([
  ['a field that is missing', 200, { deleted: true }, ['delete-endpoint 200: id: expected string']],
  ['a field that is not documented', 200, { id: 'a', deleted: true, x: 1 }, ['delete-endpoint 200: x: not documented']],
  ['a status that is not documented', 204, {}, ['delete-endpoint 204: the status is not documented']],
  ['nothing else', 200, { id: 'a', deleted: true }, []],
])('`npm start` reports %s', (_what, statusCode, body, reports) => {
  expect(reportOf('delete-endpoint', { statusCode, headers: json, body: JSON.stringify(body) })).toEqual(reports);
});

it('`npm start` reports a code that the operation does not document, and leaves internal routes alone', () => {
  const problem = {
    type: '/docs/errors#batch_not_found',
    title: 'x',
    status: 404,
    detail: 'x',
    code: 'batch_not_found',
    fix: 'x',
    retryable: false,
    request_id: 'req_1',
  };
  const result = {
    statusCode: 404,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify(problem),
  };
  expect(reportOf('delete-endpoint', result)).toEqual([
    'delete-endpoint 404: the code batch_not_found is not documented',
  ]);
  expect(reportOf('get-bulk', result)).toEqual([]);
  expect(reportOf('receive-callback', { statusCode: 200, headers: json, body: '{"received":true}' })).toEqual([]);
});

it.each(['br', 'gzip'])('`npm start` reports what is missing in an answer that is compressed with %s', (encoding) => {
  const compress = encoding === 'br' ? brotliCompressSync : gzipSync;
  const reported = (body: object) =>
    reportOf('delete-endpoint', {
      statusCode: 200,
      headers: { ...json, 'content-encoding': encoding },
      body: compress(JSON.stringify(body)).toString('base64'),
      isBase64Encoded: true,
    });
  expect(reported({ deleted: true })).toEqual(['delete-endpoint 200: id: expected string']);
  expect(reported({ id: 'a', deleted: true })).toEqual([]);
});
