import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/queries.ts';
import { Copy } from '../../parts/copy.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page } from '../../parts/page.tsx';
import { When } from '../../parts/when.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { settingsTexts } from '../../texts/settings.ts';
import { shellTexts } from '../../texts/shell.ts';
import { FreezeState } from './freeze-state.tsx';
import { LimitsTable } from './limits-table.tsx';
import { RenameBusiness } from './rename-business.tsx';

const texts = settingsTexts.business;

/** The business in this mode: whether it is live and how it gets so, its freeze, its limits. */
export function BusinessPage() {
  const account = useRead('getAccount');
  return (
    <Page title={shellTexts.pages.business} description={texts.description}>
      <Loaded query={account}>
        {(data) => (
          <SpaceBetween size="l">
            {!data.live && (
              <Alert type="info" header={texts.liveTitle}>
                {texts.liveText} <DocsLink to="going-live">{texts.liveGuide}</DocsLink>
              </Alert>
            )}
            <Details account={data} />
            <FreezeState account={data} />
            <LimitsTable account={data} />
          </SpaceBetween>
        )}
      </Loaded>
    </Page>
  );
}

function Details({ account }: { readonly account: Answer<'getAccount'> }) {
  const { name, merchant_id, created_at, mode, live } = account;
  const { may } = useChosen();
  const [isRenaming, setIsRenaming] = useState(false);
  const rename = may('team:write') && <Button onClick={() => setIsRenaming(true)}>{texts.rename}</Button>;
  return (
    <Container
      header={
        <Header variant="h2" actions={rename}>
          {shellTexts.pages.business}
        </Header>
      }
    >
      <KeyValuePairs
        columns={3}
        items={[
          { label: texts.name, value: name },
          { label: texts.id, value: <Copy text={merchant_id} what={texts.id} /> },
          {
            label: texts.live,
            value: (
              <StatusIndicator type={live ? 'success' : 'stopped'}>
                {live ? texts.isLive : texts.isNotLive}
              </StatusIndicator>
            ),
          },
          { label: texts.mode, value: shellTexts.modes[mode === 'live' ? 'live' : 'test'] },
          { label: texts.since, value: <When at={created_at} /> },
        ]}
      />
      {isRenaming && <RenameBusiness name={name} onClose={() => setIsRenaming(false)} />}
    </Container>
  );
}
