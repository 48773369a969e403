import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { webhookTexts as texts } from '../../texts/webhooks.ts';
import { EditEndpoint } from './edit-endpoint.tsx';
import { RecoverDeliveries } from './recover-deliveries.tsx';
import { RotateSecret } from './rotate-secret.tsx';
import { TestEndpoint } from './test-endpoint.tsx';

type Endpoint = Answer<'getEndpoint'>;
export type Act = 'test' | 'edit' | 'toggle' | 'rotate' | 'recover' | 'delete';

interface EndpointDialogProps {
  readonly act: Act;
  readonly endpoint: Endpoint;
  readonly onClose: () => void;
  readonly onRotated: (secret: string) => void;
}

/** What is asked before an endpoint is changed. */
export function EndpointDialog({ act, endpoint, onClose, onRotated }: EndpointDialogProps) {
  const { id, disabled_at, failing_since } = endpoint;
  if (act === 'test') return <TestEndpoint id={id} onClose={onClose} />;
  if (act === 'edit') return <EditEndpoint endpoint={endpoint} onClose={onClose} />;
  if (act === 'toggle') return <Toggle endpoint={endpoint} onClose={onClose} />;
  if (act === 'rotate') return <RotateSecret id={id} onClose={onClose} onRotated={onRotated} />;
  if (act === 'delete') return <Delete id={id} onClose={onClose} />;
  const since = failing_since ?? disabled_at ?? `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`;
  return <RecoverDeliveries id={id} since={since} onClose={onClose} />;
}

function Toggle({ endpoint, onClose }: { readonly endpoint: Endpoint; readonly onClose: () => void }) {
  const change = useChange('updateEndpoint');
  const [isOn] = useState(endpoint.enabled);
  const body = { enabled: !isOn };
  return (
    <Dialog
      title={isOn ? texts.pause : texts.resume}
      onClose={onClose}
      action={isOn ? texts.pause : texts.resume}
      onAction={() => change.mutate({ path: { endpoint_id: endpoint.id }, body }, { onSuccess: onClose })}
      isPending={change.isPending}
      error={change.error}
    >
      {isOn ? texts.pauseText : texts.resumeText}
    </Dialog>
  );
}

function Delete({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const navigate = useNavigate();
  const remove = useChange('deleteEndpoint');
  return (
    <Dialog
      title={texts.removeTitle}
      onClose={onClose}
      action={texts.remove}
      onAction={() =>
        remove.mutate({ path: { endpoint_id: id } }, { onSuccess: () => navigate({ to: '/webhooks', replace: true }) })
      }
      isPending={remove.isPending}
      error={remove.error}
    >
      {texts.removeText}
    </Dialog>
  );
}
