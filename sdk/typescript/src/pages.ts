import type { OperationId, Operations } from './api.ts';
import type { CallOptions, Connection, Input } from './connection.ts';

interface Page<Item> {
  readonly data: readonly Item[];
  readonly next_cursor: string | null;
}

type ItemOf<OfPage> = OfPage extends { readonly data: ReadonlyArray<infer Item> } ? Item : never;

/** A list, page by page or item by item. Nothing is requested before it is read. */
export class Pages<OfPage extends Page<unknown>> implements AsyncIterable<ItemOf<OfPage>> {
  readonly #load: (cursor: string | undefined) => Promise<OfPage>;

  constructor(load: (cursor: string | undefined) => Promise<OfPage>) {
    this.#load = load;
  }

  /** One page alone. */
  first(): Promise<OfPage> {
    return this.#load(undefined);
  }

  /** Each page, as the API answers it. */
  async *pages(): AsyncGenerator<OfPage, void, undefined> {
    let cursor: string | undefined;
    do {
      const page = await this.#load(cursor);
      yield page;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** Each item of all pages. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ItemOf<OfPage>, void, undefined> {
    for await (const page of this.pages()) yield* page.data as Iterable<Awaited<ItemOf<OfPage>>>;
  }

  /** The first so many items. */
  async take(count: number): Promise<Array<ItemOf<OfPage>>> {
    const items: Array<ItemOf<OfPage>> = [];
    if (count <= 0) return items;
    for await (const item of this) {
      items.push(item);
      if (items.length >= count) break;
    }
    return items;
  }
}

/** The pages of an operation that answers with one at a time. */
export function pagesOf<Id extends ListId>(
  connection: Connection,
  id: Id,
  input: Input<Id>,
  options?: CallOptions,
): Pages<Operations[Id]['answer']> {
  return new Pages(async (cursor) => {
    const query = cursor === undefined ? input.query : { ...input.query, cursor };
    return (await connection.call(id, { ...input, query }, options)).body;
  });
}

type ListId = { [Id in OperationId]: Operations[Id]['answer'] extends Page<unknown> ? Id : never }[OperationId];
