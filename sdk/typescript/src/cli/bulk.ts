import { readFileSync } from 'node:fs';
import type { Airtime, Batch } from '../airtime.ts';
import type { Command, Given } from './command.ts';
import { given, isSet, onlyWord, table, text } from './command.ts';
import { EXIT, UsageError } from './terminal.ts';

/** A file up to this size goes in the request, where it is JSON; a larger one is uploaded. */
const BYTES_IN_A_REQUEST_MAX = 1_000_000;
const POLL_MS = 2000;

const FILE = { reference: { type: 'string' }, product: { type: 'string' }, currency: { type: 'string' } } as const;

const preview: Command = {
  name: 'bulk preview',
  usage: 'FILE [--reference REF] [--product ID] [--currency CODE]',
  summary: 'Says for each row of a CSV file what would be sent. Nothing is.',
  options: FILE,
  async run({ words, values, airtime, show }) {
    const client = airtime();
    const file = await fileOf(client, onlyWord(words, 'the file'));
    const made = await client.bulk.preview({ ...file, ...optionsOf(values) });
    const { preview_id, valid, invalid, totals, errors } = made;
    const sums = totals.map(({ currency, total, is_covered }) => {
      const covered = is_covered === null ? '' : is_covered ? ', covered' : ', NOT covered';
      return `${currency} ${total}${covered}`;
    });
    const problems = errors.map(({ row, column, detail, fix }) => [`row ${row}`, column, detail, fix]);
    show(made, [
      `${valid} rows would be sent, ${invalid} would not. ${sums.join('; ')}`,
      ...table(problems),
      `Send it with: airtime bulk send --preview ${preview_id}`,
    ]);
    return invalid === 0 ? EXIT.done : EXIT.refused;
  },
};

const send: Command = {
  name: 'bulk send',
  usage: '(FILE | --preview ID) [--reference REF] [--product ID] [--currency CODE] [--valid-rows] [--wait]',
  summary: 'Pays for all rows at once, then sends them. The same file again sends nothing.',
  again: 'Repeat the same command: the same file, or preview, is the same batch.',
  options: {
    ...FILE,
    ...{ preview: { type: 'string' }, 'valid-rows': { type: 'boolean' }, wait: { type: 'boolean' } },
  },
  async run(context) {
    const { words, values, airtime } = context;
    const previewId = text(values, 'preview');
    if ((previewId === undefined) === (words.length === 0)) throw new UsageError('give a file, or --preview');
    const client = airtime();
    const source = previewId ? { preview_id: previewId } : await fileOf(client, onlyWord(words, 'the file'));
    const accept = isSet(values, 'valid-rows') ? { accept: 'valid_rows' as const } : {};
    return showBatch(context, await client.bulk.send({ ...source, ...optionsOf(values), ...accept }));
  },
};

const status: Command = {
  name: 'bulk status',
  usage: 'BATCH [--wait] [--csv]',
  summary: 'Shows how far a batch is; with --csv, the result of each row.',
  options: { wait: { type: 'boolean' }, csv: { type: 'boolean' } },
  async run(context) {
    const { words, values, airtime, terminal } = context;
    const batchId = onlyWord(words, 'the id of the batch');
    if (!isSet(values, 'csv')) return showBatch(context, await airtime().bulk.get(batchId));
    for await (const part of airtime().bulk.exportRows(batchId)) terminal.out(part.trimEnd());
    return EXIT.done;
  },
};

export const bulk = [preview, send, status];

function optionsOf(values: Given['values']) {
  const reference = text(values, 'reference');
  return given({ batch_reference: reference, product_id: text(values, 'product'), currency: text(values, 'currency') });
}

async function fileOf(airtime: Airtime, path: string): Promise<{ csv: string } | { upload_id: string }> {
  const bytes = readFileSync(path);
  const csv = utf8(bytes);
  if (csv !== undefined && bytes.length <= BYTES_IN_A_REQUEST_MAX) return { csv };
  return { upload_id: await airtime.bulk.upload(bytes) };
}

/** The text, or undefined for bytes that are not UTF-8, whose meaning the API finds out. */
function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

async function showBatch({ values, airtime, show, terminal }: Given, now: Batch): Promise<number> {
  let batch = now;
  while (isSet(values, 'wait') && batch.finished_at === null && !terminal.signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    batch = await airtime().bulk.get(batch.id);
  }
  const counts = Object.entries(batch.counts).filter(([, rows]) => rows > 0);
  show(batch, [`${batch.id}  ${batch.status}`, ...table(counts)]);
  if (batch.finished_at === null) return EXIT.open;
  const { failed, refunded, reversed } = batch.counts;
  return failed + refunded + reversed > 0 ? EXIT.refused : EXIT.done;
}
