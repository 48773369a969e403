import Header from '@cloudscape-design/components/header';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useRead } from '../../api/queries.ts';
import { DocsLink } from '../../parts/docs-link.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Rows } from '../../parts/rows.tsx';
import { When } from '../../parts/when.tsx';
import { wordFor } from '../../texts/language.ts';
import { overviewTexts as texts } from '../../texts/overview.ts';

const KINDS: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  up: 'success',
  slow: 'warning',
  held: 'error',
  off: 'stopped',
};

/** Whether live orders to each network are sent at once. */
export function Networks() {
  const status = useRead('getStatus');
  return (
    <Loaded query={status}>
      {({ providers }) => (
        <Rows
          items={providers}
          trackBy="provider"
          ariaLabels={{ tableLabel: texts.providersLabel }}
          header={
            <Header
              variant="h2"
              description={texts.providersText}
              actions={<DocsLink to="status">{texts.status}</DocsLink>}
            >
              {texts.providers}
            </Header>
          }
          empty={<Empty title={texts.noProviders} text={texts.noProvidersText} />}
          columnDefinitions={[
            {
              id: 'networks',
              header: texts.network,
              isRowHeader: true,
              minWidth: 160,
              cell: ({ networks, provider }) => networks.join(', ') || provider,
            },
            {
              id: 'state',
              header: texts.state,
              minWidth: 160,
              cell: ({ state }) => (
                <StatusIndicator type={KINDS[state] ?? 'info'}>{wordFor(texts.stateWords, state)}</StatusIndicator>
              ),
            },
            { id: 'since', header: texts.since, minWidth: 150, cell: ({ since }) => <When at={since} /> },
          ]}
        />
      )}
    </Loaded>
  );
}
