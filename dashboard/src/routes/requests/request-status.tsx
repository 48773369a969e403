import StatusIndicator from '@cloudscape-design/components/status-indicator';

export function RequestStatus({ status }: { readonly status: number }) {
  const type = status < 400 ? 'success' : status < 500 ? 'warning' : 'error';
  return <StatusIndicator type={type}>{status}</StatusIndicator>;
}
