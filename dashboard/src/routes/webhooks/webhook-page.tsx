import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/queries.ts';
import { By } from '../../parts/by.tsx';
import { CodeBlock } from '../../parts/code-block.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page } from '../../parts/page.tsx';

import { useShown } from '../../parts/use-shown.ts';
import { When } from '../../parts/when.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { keyTexts } from '../../texts/keys.ts';
import { wordFor } from '../../texts/language.ts';
import { shellTexts } from '../../texts/shell.ts';
import { webhookTexts as texts } from '../../texts/webhooks.ts';
import { curlOf } from '../keys/curl.ts';
import { useTestKey } from '../keys/session-key.ts';
import { DeliveryList, FROM_PROPERTY, ORDER_PROPERTY, STATUS_PROPERTY } from './delivery-list.tsx';
import type { Act } from './endpoint-dialog.tsx';
import { isAllEvents } from './endpoint-form.ts';
import { nameOf } from './endpoint-name.ts';
import { EndpointStatus } from './endpoint-status.tsx';
import { ShownSecret } from './shown-secret.tsx';
import { VerifySnippets } from './verify-snippets.tsx';

type Endpoint = Answer<'getEndpoint'>;
/** What is asked before a change is loaded when somebody asks for the change. */
const EndpointDialog = lazy(async () => ({ default: (await import('./endpoint-dialog.tsx')).EndpointDialog }));

/** One endpoint: its state, what was posted to it, and what can be done about it. */
export function WebhookPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const { may, mode } = useChosen();
  const endpoint = useRead('getEndpoint', { path: { endpoint_id: id } });
  const [act, setAct] = useState<Act>();
  const [secret, setSecret] = useState<string>();
  useShown(secret);
  const { data } = endpoint;
  return (
    <Page
      title={data ? nameOf(data) : shellTexts.pages.webhook}
      actions={data && may('webhooks:write') && <Actions endpoint={data} onAct={setAct} />}
    >
      <Loaded query={endpoint}>
        {(loaded) => (
          <SpaceBetween size="l">
            {secret && <ShownSecret secret={secret} />}
            <State endpoint={loaded} />
            <Details endpoint={loaded} />
            <DeliveryList
              endpointId={id}
              title={texts.deliveries}
              properties={[STATUS_PROPERTY, ORDER_PROPERTY, FROM_PROPERTY]}
            />
            <VerifySnippets />
            {mode === 'test' && may('webhooks:write') && <ByApi id={id} />}
            {act && (
              <Suspense>
                <EndpointDialog
                  act={act}
                  endpoint={loaded}
                  onClose={() => setAct(undefined)}
                  onRotated={(made) => {
                    setSecret(made);
                    setAct(undefined);
                  }}
                />
              </Suspense>
            )}
          </SpaceBetween>
        )}
      </Loaded>
    </Page>
  );
}

function Actions({ endpoint, onAct }: { readonly endpoint: Endpoint; readonly onAct: (act: Act) => void }) {
  const { enabled, listening, url } = endpoint;
  const items = [
    ...(listening ? [] : [{ id: 'edit', text: texts.edit }]),
    ...(listening ? [] : [{ id: 'toggle', text: enabled ? texts.pause : texts.resume }]),
    ...(listening ? [] : [{ id: 'rotate', text: texts.rotate }]),
    ...(listening ? [] : [{ id: 'recover', text: texts.recover }]),
    { id: 'delete', text: texts.remove },
  ];
  // What is built in for results has no address, and is nobody's to change.
  if (!listening && url === null) return null;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button onClick={() => onAct('test')}>{texts.test}</Button>
      <ButtonDropdown items={items} onItemClick={({ detail }) => onAct(detail.id as Act)}>
        {texts.more}
      </ButtonDropdown>
    </SpaceBetween>
  );
}

/** What is wrong with it, and what happens about that. */
function State({ endpoint }: { readonly endpoint: Endpoint }) {
  const { enabled, disabled_reason, failing_since, listening } = endpoint;
  if (listening) return <Alert type="info">{texts.listeningText}</Alert>;
  if (!enabled) {
    return (
      <Alert type="warning" header={texts.disabled}>
        {wordFor(texts.reasons, disabled_reason ?? 'requested')}
      </Alert>
    );
  }
  if (!failing_since) return null;
  return (
    <Alert type="error" header={texts.failing}>
      {texts.failingSince} <When at={failing_since} />. {texts.failingText}
    </Alert>
  );
}

function Details({ endpoint }: { readonly endpoint: Endpoint }) {
  const { id, events, description, created_by, expires_at, retiring_secrets_until } = endpoint;
  const items = [
    { label: texts.status, value: <EndpointStatus endpoint={endpoint} /> },
    { label: texts.events, value: isAllEvents(events) ? texts.allEvents : events.join(', ') },
    { label: texts.about, value: description || '–' },
    { label: texts.created, value: <When at={endpoint.created_at} /> },
    { label: texts.by, value: <By actor={created_by} /> },
    { label: shellTexts.pages.webhook, value: <Copy text={id} what={shellTexts.pages.webhook} /> },
    ...(expires_at ? [{ label: texts.ends, value: <When at={expires_at} /> }] : []),
    ...retiring_secrets_until.map((until) => ({ label: texts.retiring, value: <When at={until} /> })),
  ];
  return (
    <Container>
      <KeyValuePairs columns={3} items={items} />
    </Container>
  );
}

/** How a program sends itself a test. */
function ByApi({ id }: { readonly id: string }) {
  const key = useTestKey();
  const body = JSON.stringify({ type: 'order.success' });
  const command = curlOf(key, { method: 'POST', path: `/api/v1/webhooks/endpoints/${id}/test`, body });
  return (
    <ExpandableSection variant="container" headerText={keyTexts.example}>
      <Box>{key ? keyTexts.exampleKey : keyTexts.exampleNoKey}</Box>
      <CodeBlock text={command} what={keyTexts.command} />
    </ExpandableSection>
  );
}
