import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import type { ProblemBody } from '../../api/problem.ts';
import { useRead } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { By } from '../../parts/by.tsx';
import { CodeBlock } from '../../parts/code-block.tsx';
import { Copy } from '../../parts/copy.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page } from '../../parts/page.tsx';
import { When } from '../../parts/when.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { requestTexts as texts } from '../../texts/requests.ts';
import { shellTexts } from '../../texts/shell.ts';
import { curlOf } from '../keys/curl.ts';
import { useTestKey } from '../keys/session-key.ts';
import { actorOf } from './actor-of.ts';
import { jsonOf, pathOf, readable, whyNoReplay } from './replay.ts';
import { ReplayRequest } from './replay-request.tsx';
import { RequestStatus } from './request-status.tsx';

type Kept = Answer<'getRequest'>;

/** One request of the log: what was sent, what was answered and why; in test mode it can be sent again. */
export function RequestPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const { mode } = useChosen();
  const kept = useRead('getRequest', { path: { request_id: id } });
  const [isReplaying, setIsReplaying] = useState(false);
  const { data } = kept;
  const mayReplay = data && mode === 'test' && whyNoReplay(data) === undefined;
  return (
    <Page
      title={data ? `${data.method} ${data.path}` : shellTexts.pages.request}
      actions={mayReplay && <Button onClick={() => setIsReplaying(true)}>{texts.replay}</Button>}
    >
      <Loaded query={kept}>
        {(request) => (
          <SpaceBetween size="l">
            <Why kept={request} />
            <Facts kept={request} />
            <Sent kept={request} />
            <Answered kept={request} />
            {mode === 'test' && <Terminal kept={request} />}
            {isReplaying && <ReplayRequest kept={request} onClose={() => setIsReplaying(false)} />}
          </SpaceBetween>
        )}
      </Loaded>
    </Page>
  );
}

function Why({ kept: { status, code, response_body } }: { readonly kept: Kept }) {
  if (status < 400) return null;
  const { title, detail, fix } = (jsonOf(response_body) ?? {}) as ProblemBody;
  const isOurs = status >= 500;
  return (
    <Alert type={isOurs ? 'error' : 'warning'} header={isOurs ? texts.whyFailed : (title ?? texts.why)}>
      {detail && <div>{detail}</div>}
      {fix && <div>{fix}</div>}
      {isOurs && <div>{texts.whyFailedText}</div>}
      {code && <DocsLink to={`errors#${code}`}>{texts.codeGuide(code)}</DocsLink>}
    </Alert>
  );
}

function Facts({ kept }: { readonly kept: Kept }) {
  const items = [
    { label: texts.status, value: <RequestStatus status={kept.status} /> },
    {
      label: texts.code,
      value: kept.code ? <AppLink to={`/requests?code=${kept.code}`}>{kept.code}</AppLink> : '–',
    },
    { label: texts.time, value: <When at={kept.created_at} /> },
    { label: texts.operation, value: kept.operation },
    { label: texts.who, value: <By actor={actorOf(kept)} /> },
    { label: texts.took, value: `${kept.duration_ms} ms` },
    { label: texts.id, value: <Copy text={kept.id} what={texts.id} /> },
  ];
  return (
    <Container>
      <SpaceBetween size="s">
        <KeyValuePairs columns={3} items={items} />
        {kept.left_out_before > 0 && <Box variant="small">{texts.leftOut(kept.left_out_before)}</Box>}
        {kept.erased && <Alert type="info">{texts.erased}</Alert>}
      </SpaceBetween>
    </Container>
  );
}

function Sent({ kept }: { readonly kept: Kept }) {
  const why = whyNoReplay(kept);
  const { mode } = useChosen();
  return (
    <Container header={<Header variant="h2">{texts.sent}</Header>}>
      <SpaceBetween size="m">
        <Headers headers={kept.request_headers} />
        {kept.query && kept.query !== '{}' && (
          <div>
            <Box variant="h3">{texts.query}</Box>
            <pre className="code">{readable(kept.query)}</pre>
          </div>
        )}
        <Body text={kept.request_body} bytes={kept.request_bytes} isCut={kept.request_cut} isErased={kept.erased} />
        {mode === 'test' && why && <Box color="text-body-secondary">{texts.noReplay[why]}</Box>}
      </SpaceBetween>
    </Container>
  );
}

function Answered({ kept }: { readonly kept: Kept }) {
  return (
    <Container header={<Header variant="h2">{texts.answered}</Header>}>
      <SpaceBetween size="m">
        <Headers headers={kept.response_headers} />
        <Body text={kept.response_body} bytes={kept.response_bytes} isCut={kept.response_cut} isErased={kept.erased} />
      </SpaceBetween>
    </Container>
  );
}

function Headers({ headers }: { readonly headers: Readonly<Record<string, string>> }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  if (lines.length === 0) return null;
  return (
    <div>
      <Box variant="h3">{texts.headers}</Box>
      <pre className="code">{lines.join('\n')}</pre>
    </div>
  );
}

interface BodyProps {
  readonly text: string | null;
  readonly bytes: number;
  readonly isCut: boolean;
  readonly isErased: boolean;
}

function Body({ text, bytes, isCut, isErased }: BodyProps) {
  const isThere = text !== null && text !== '';
  const instead = isErased ? texts.erased : bytes > 0 ? texts.hidden : texts.noBody;
  return (
    <div>
      <Box variant="h3">{texts.body}</Box>
      {isThere ? <CodeBlock text={readable(text)} what={texts.theBody} /> : <Box>{instead}</Box>}
      {isCut && <Box variant="small">{texts.cut(bytes)}</Box>}
    </div>
  );
}

/** The same by the API, with a test key filled in when one was made in this session. */
function Terminal({ kept }: { readonly kept: Kept }) {
  const key = useTestKey();
  if (whyNoReplay(kept)) return null;
  const repeated = kept.request_headers['idempotency-key'];
  const command = curlOf(key, {
    method: kept.method,
    path: pathOf(kept),
    body: kept.request_body ?? undefined,
    ...(repeated ? { headers: { 'Idempotency-Key': repeated } } : {}),
  });
  return (
    <ExpandableSection variant="container" headerText={texts.asCurl}>
      <CodeBlock text={command} what={texts.command} />
    </ExpandableSection>
  );
}
