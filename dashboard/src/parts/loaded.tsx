import SpaceBetween from '@cloudscape-design/components/space-between';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Loading } from './loading.tsx';
import { NotCurrent } from './not-current.tsx';
import { ProblemAlert } from './problem-alert.tsx';

interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data, Error>;
  /** A height that it has before and after, so that what is below is not moved when the data come. */
  readonly room?: string;
  readonly children: (data: Data) => ReactNode;
}

/** What is read as a whole: loading, failed, not current, or there. */
export function Loaded<Data>({ room, ...props }: LoadedProps<Data>) {
  if (room === undefined) return <Content {...props} />;
  return (
    <div style={{ minBlockSize: room }}>
      <Content {...props} />
    </div>
  );
}

function Content<Data>({ query, children }: Omit<LoadedProps<Data>, 'room'>) {
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
