import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Answer } from '../../api/client.ts';
import { webhookTexts as texts } from '../../texts/webhooks.ts';

type Endpoint = Pick<Answer<'getEndpoint'>, 'enabled' | 'failing_since' | 'listening'>;

export function EndpointStatus({ endpoint }: { readonly endpoint: Endpoint }) {
  const { enabled, failing_since, listening } = endpoint;
  if (listening) return <StatusIndicator type="in-progress">{texts.listening}</StatusIndicator>;
  if (!enabled) return <StatusIndicator type="stopped">{texts.disabled}</StatusIndicator>;
  if (failing_since) return <StatusIndicator type="error">{texts.failing}</StatusIndicator>;
  return <StatusIndicator type="success">{texts.working}</StatusIndicator>;
}
