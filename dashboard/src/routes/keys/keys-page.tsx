import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { AppLink, useFollow } from '../../parts/app-link.tsx';
import { By } from '../../parts/by.tsx';
import { CodeBlock } from '../../parts/code-block.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { List } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { When } from '../../parts/when.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { keyTexts as texts } from '../../texts/keys.ts';
import { wordFor } from '../../texts/language.ts';
import { curlOf, TEST_ORDER } from './curl.ts';
import { RevokeKey } from './revoke-key.tsx';
import { RollKey } from './roll-key.tsx';
import { useTestKey } from './session-key.ts';

type Key = Answer<'listKeys'>['data'][number];
type Asked = { readonly act: 'roll' | 'revoke'; readonly key: Key };

/** The keys of this mode, and what can be done with each. Their texts are not here: nobody has them. */
export function KeysPage() {
  const follow = useFollow();
  const { may, mode } = useChosen();
  const testKey = useTestKey();
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  const create = (
    <Button variant="primary" href="/app/keys/new" onFollow={follow}>
      {texts.create}
    </Button>
  );
  return (
    <Page
      title={texts.title}
      description={
        <>
          {texts.description} <DocsLink to="keys">{texts.guide}</DocsLink>
        </>
      }
      actions={create}
    >
      <SpaceBetween size="l">
        <List
          operation="listKeys"
          columns={columnsOf({
            onAsk: setAsked,
            mayReadRequests: may('requests:read'),
            mayReadOrders: may('orders:read'),
          })}
          rowId={({ id }) => id}
          label={texts.title}
          title={texts.title}
          empty={{ title: texts.none, text: texts.noneText, action: create }}
        />
        {mode === 'test' && (
          <ExpandableSection variant="container" headerText={texts.example} defaultExpanded={testKey !== undefined}>
            <SpaceBetween size="xs">
              <div>{testKey ? texts.exampleKey : texts.exampleNoKey}</div>
              <CodeBlock text={curlOf(testKey, TEST_ORDER)} what={texts.command} />
              <DocsLink to="start">{texts.quickStart}</DocsLink>
            </SpaceBetween>
          </ExpandableSection>
        )}
      </SpaceBetween>
      {asked?.act === 'roll' && <RollKey {...asked.key} onClose={close} />}
      {asked?.act === 'revoke' && <RevokeKey {...asked.key} onClose={close} />}
    </Page>
  );
}

interface ColumnsProps {
  readonly onAsk: (asked: Asked) => void;
  readonly mayReadRequests: boolean;
  readonly mayReadOrders: boolean;
}

const KINDS: Readonly<Record<string, StatusIndicatorProps.Type>> = { active: 'success', expired: 'stopped' };

function columnsOf(props: ColumnsProps): readonly TableProps.ColumnDefinition<Key>[] {
  return [
    {
      id: 'name',
      header: texts.name,
      isRowHeader: true,
      minWidth: 165,
      cell: ({ name, prefix }) => (
        <>
          <div>{name}</div>
          <div className="code">{prefix}</div>
        </>
      ),
    },
    {
      id: 'status',
      header: texts.status,
      minWidth: 120,
      cell: (key) => <KeyStatus status={key} />,
    },
    {
      id: 'actions',
      header: texts.actions,
      minWidth: 100,
      cell: (key) => <Acts {...props} of={key} />,
    },
    {
      id: 'used',
      header: texts.lastUsed,
      minWidth: 110,
      cell: ({ last_used_at }) => (last_used_at ? <When at={last_used_at} isHour /> : texts.neverUsed),
    },
    {
      id: 'scopes',
      header: texts.scopes,
      minWidth: 180,
      cell: ({ scopes, allowed_ranges }) => (
        <>
          <div>{scopes.join(', ')}</div>
          {allowed_ranges && (
            <div>
              {texts.ranges}: {allowed_ranges.join(', ')}
            </div>
          )}
        </>
      ),
    },
    {
      id: 'created',
      header: texts.created,
      minWidth: 200,
      cell: ({ created_at, created_by }) => (
        <>
          <div>
            <When at={created_at} />
          </div>
          {created_by && (
            <div>
              {texts.by} <By actor={created_by} />
            </div>
          )}
        </>
      ),
    },
  ];
}

function Acts({ of: key, onAsk, mayReadRequests, mayReadOrders }: ColumnsProps & { readonly of: Key }) {
  return (
    <SpaceBetween direction="horizontal" size="s">
      {key.status === 'active' && !key.replaced_by && (
        <Act name={key.name} what={texts.roll} onAct={() => onAsk({ act: 'roll', key })} />
      )}
      {key.status === 'active' && (
        <Act name={key.name} what={texts.revoke} onAct={() => onAsk({ act: 'revoke', key })} />
      )}
      {mayReadOrders && <AppLink to={`/orders?key_id=${key.id}`}>{texts.orders}</AppLink>}
      {mayReadRequests && <AppLink to={`/requests?key_id=${key.id}`}>{texts.requests}</AppLink>}
    </SpaceBetween>
  );
}

function KeyStatus({ status: { status, replaced_by, expires_at } }: { readonly status: Key }) {
  const isReplaced = status === 'active' && replaced_by;
  return (
    <>
      <StatusIndicator type={isReplaced ? 'pending' : (KINDS[status] ?? 'error')}>
        {isReplaced ? texts.replaced : wordFor(texts.statusWords, status)}
      </StatusIndicator>
      {expires_at && (
        <div>
          {texts.expires} <When at={expires_at} />
        </div>
      )}
    </>
  );
}

function Act({ name, what, onAct }: { readonly name: string; readonly what: string; readonly onAct: () => void }) {
  return (
    <Button variant="inline-link" ariaLabel={texts.of(what, name)} onClick={onAct}>
      {what}
    </Button>
  );
}
