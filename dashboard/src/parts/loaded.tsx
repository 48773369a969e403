import SpaceBetween from '@cloudscape-design/components/space-between';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Loading } from './loading.tsx';
import { NotCurrent } from './not-current.tsx';
import { ProblemAlert } from './problem-alert.tsx';

interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data, Error>;
  readonly children: (data: Data) => ReactNode;
}

/** What is read as a whole: loading, failed, not current, or there. */
export function Loaded<Data>({ query, children }: LoadedProps<Data>) {
  const { data, error, dataUpdatedAt, refetch } = query;
  if (data === undefined && error) return <ProblemAlert error={error} onRetry={() => refetch()} />;
  if (data === undefined) return <Loading />;
  if (!error) return children(data);
  return (
    <SpaceBetween size="s">
      <NotCurrent at={dataUpdatedAt} error={error} onRetry={() => refetch()} />
      {children(data)}
    </SpaceBetween>
  );
}
