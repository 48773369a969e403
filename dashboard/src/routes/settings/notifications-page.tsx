import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Toggle from '@cloudscape-design/components/toggle';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useChange, useRead, useScope } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { settingsTexts } from '../../texts/settings.ts';
import { shellTexts } from '../../texts/shell.ts';

const texts = settingsTexts.notifications;

type Kind = keyof typeof texts.kinds;
const KINDS = Object.keys(texts.kinds) as Kind[];

/** What is mailed to who is signed in, in the mode they look at. */
export function NotificationsPage() {
  const { merchantId, mode } = useScope();
  const notifications = useRead('getNotifications');
  return (
    <Page
      title={shellTexts.pages.notifications}
      description={
        <>
          {texts.description} <DocsLink to="notifications">{texts.guide}</DocsLink>
        </>
      }
    >
      <Loaded query={notifications}>
        {(data) => (
          <SpaceBetween size="l">
            {data.mail_from === null && (
              <Alert type="warning" header={texts.none}>
                {texts.noneText}
              </Alert>
            )}
            <Choices key={`${merchantId} ${mode}`} notifications={data} />
          </SpaceBetween>
        )}
      </Loaded>
    </Page>
  );
}

/** Each choice is saved by itself, one after the other. The same one again changes nothing, so it may be repeated. */
function Choices({ notifications }: { readonly notifications: Answer<'getNotifications'> }) {
  const scope = useScope();
  const client = useQueryClient();
  const { mutateAsync, error } = useChange('updateNotifications', { mayOverlap: true });
  // What was saved stays in it: the query shows an answer a moment later than this does.
  const [chosen, setChosen] = useState<Partial<Record<Kind, boolean>>>({});
  const [saved, setSaved] = useState('');
  const before = useRef<Promise<unknown>>(Promise.resolve());
  const choose = (kind: Kind, isOn: boolean) => {
    setChosen((others) => ({ ...others, [kind]: isOn }));
    setSaved('');
    before.current = before.current.then(async () => {
      try {
        const answer = await mutateAsync({ body: { [kind]: isOn } });
        client.setQueryData([scope, 'getNotifications', {}], answer);
        setSaved(texts.saved(texts.kinds[kind].label, isOn));
      } catch {
        setChosen(({ [kind]: _failed, ...others }) => others);
      }
    });
  };
  const { email, mail_from } = notifications;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={[texts.to(email), mail_from && texts.from(mail_from)].filter(Boolean).join(' ')}
        >
          {texts.mails[scope.mode]}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {scope.mode === 'test' && <Box>{texts.test}</Box>}
        {KINDS.map((kind) => (
          <Toggle
            key={kind}
            checked={chosen[kind] ?? notifications[kind]}
            description={texts.kinds[kind].text}
            onChange={({ detail }) => choose(kind, detail.checked)}
          >
            {texts.kinds[kind].label}
          </Toggle>
        ))}
        <Box>
          <AppLink to="/wallet">{texts.thresholds}</AppLink>
        </Box>
        <div role="status">{saved && <StatusIndicator type="success">{saved}</StatusIndicator>}</div>
        {error && <ProblemAlert error={error} />}
      </SpaceBetween>
    </Container>
  );
}
