import {
  keepPreviousData,
  MutationCache,
  QueryCache,
  QueryClient,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useChosen, useMembership } from '../session/chosen.tsx';
import type { Mode } from '../session/membership.ts';
import { type ActOptions, useAct } from './act.ts';
import { type Answer, call, type Input, type OperationId, type Replayed, replay, type Scope } from './client.ts';
import { pollWhile } from './polling.ts';
import { Problem } from './problem.ts';

/** How pages read and change: what is read is kept under the business, the mode and the operation. */

const STALE_MS = 5_000;
const RETRIES = 2;

/** Who was removed from a business is asked anew what they belong to, and its pages go. */
function noticeRemoval(error: Error): void {
  const isRemoved = error instanceof Problem && error.body.code === 'not_a_member';
  if (isRemoved) queries.invalidateQueries({ queryKey: ['me'] });
}

export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: noticeRemoval }),
  mutationCache: new MutationCache({ onError: noticeRemoval }),
  defaultOptions: {
    queries: {
      staleTime: STALE_MS,
      // Asked even where the browser believes to be offline: it is often wrong. What is kept stays on the screen.
      networkMode: 'always',
      retry: (count, error) => count < RETRIES && error instanceof Problem && (error.isOffline || error.status >= 500),
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

export function useScope(): Scope {
  const { merchant_id: merchantId } = useMembership();
  const { mode } = useChosen();
  return { merchantId, mode };
}

interface ReadOptions<Data> {
  readonly enabled?: boolean;
  /** Whether it still changes by itself: then it is read again, ever more slowly, while the page is looked at. */
  readonly isOpen?: (data: Data) => boolean;
  /** How long it is current, where that is longer than usual. */
  readonly staleMs?: number;
}

/** Reads by one operation. */
export function useRead<Id extends OperationId>(id: Id, input: Input<Id> = {}, options: ReadOptions<Answer<Id>> = {}) {
  const scope = useScope();
  return useQuery<Answer<Id>, Error>({
    queryKey: [scope, id, input],
    queryFn: () => call(scope, id, input),
    enabled: options.enabled ?? true,
    staleTime: options.staleMs ?? STALE_MS,
    refetchInterval: pollWhile(options.isOpen),
  });
}

type Page<Id extends OperationId> = Answer<Id> & {
  readonly data: readonly unknown[];
  readonly next_cursor: string | null;
};
export type RowOf<Id extends OperationId> = Answer<Id> extends { data: (infer Row)[] } ? Row : never;

/** Reads a list page by page, as its cursor leads on. */
export function useList<Id extends OperationId>(
  id: Id,
  input: Input<Id> = {},
  { enabled = true, isOpen, mode }: ReadOptions<readonly RowOf<Id>[]> & { readonly mode?: Mode } = {},
) {
  const chosen = useScope();
  const scope = mode ? { ...chosen, mode } : chosen;
  return useInfiniteQuery<Page<Id>, Error, { pages: Page<Id>[] }, readonly unknown[], string>({
    queryKey: [scope, id, input, 'pages'] as readonly unknown[],
    queryFn: ({ pageParam }) => {
      const query = { ...input.query, ...(pageParam ? { cursor: pageParam } : {}) };
      return call(scope, id, { ...input, query } as Input<Id>) as Promise<Page<Id>>;
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled,
    placeholderData: keepPreviousData,
    refetchInterval: pollWhile(isOpen && (({ pages }) => isOpen(pages.flatMap(({ data }) => data) as RowOf<Id>[]))),
  });
}

/** Changes by one operation. What the business has on the screen is read again. */
export function useChange<Id extends OperationId>(id: Id, options: ActOptions = {}) {
  const scope = useScope();
  const client = useQueryClient();
  return useAct<Answer<Id>, Input<Id>>({
    ...options,
    mutationFn: (input) => call(scope, id, input),
    onSettled: () => client.invalidateQueries({ queryKey: [scope] }),
  });
}

/** Sends a request of the log again. */
export function useReplay() {
  const scope = useScope();
  const client = useQueryClient();
  return useAct<unknown, Replayed>({
    mutationFn: (request) => replay(scope, request),
    onSettled: () => client.invalidateQueries({ queryKey: [scope] }),
  });
}
