import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { webhookTexts as texts } from '../../texts/webhooks.ts';
import { EndpointFields } from './endpoint-fields.tsx';
import { endpointBodyOf, formOf, isEndpointComplete } from './endpoint-form.ts';

interface EditEndpointProps {
  readonly endpoint: Answer<'getEndpoint'>;
  readonly onClose: () => void;
}

/** Sends only what was changed: a scope that somebody lacks is asked for by what is in the request. */
export function EditEndpoint({ endpoint, onClose }: EditEndpointProps) {
  const change = useChange('updateEndpoint');
  const [before] = useState(() => formOf(endpoint));
  const [form, setForm] = useState(before);
  const [isTried, setIsTried] = useState(false);
  const save = () => {
    setIsTried(true);
    if (!isEndpointComplete(form)) return;
    const [old, next] = [endpointBodyOf(before), endpointBodyOf(form)];
    const body = {
      ...(next.url === old.url ? {} : { url: next.url }),
      ...(next.description === old.description ? {} : { description: next.description }),
      ...(next.events.toSorted().join() === old.events.toSorted().join() ? {} : { events: next.events }),
    };
    if (Object.keys(body).length === 0) onClose();
    else change.mutate({ path: { endpoint_id: endpoint.id }, body }, { onSuccess: onClose });
  };
  return (
    <Dialog
      title={texts.edit}
      onClose={onClose}
      action={texts.save}
      onAction={save}
      isPending={change.isPending}
      error={change.error}
    >
      <EndpointFields form={form} onChange={setForm} isTried={isTried} error={change.error} />
    </Dialog>
  );
}
