import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Endpoint } from '../../../../sdk/typescript/src/api.ts';
import { useRead } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { When } from '../../parts/when.tsx';
import { overviewTexts as texts } from '../../texts/overview.ts';
import { isFailing } from './is-failing.ts';

/** Endpoints that do not take what they are sent, each with since when. */
export function FailingEndpoints() {
  const endpoints = useRead('listEndpoints');
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" actions={<AppLink to="/webhooks">{texts.toEndpoints}</AppLink>}>
          {texts.endpoints}
        </Header>
      }
    >
      <Loaded query={endpoints}>
        {({ data }) => {
          const failing = data.filter(isFailing);
          if (data.length === 0) return <Box>{texts.noEndpoints}</Box>;
          if (failing.length === 0)
            return <StatusIndicator type="success">{texts.healthy(data.length)}</StatusIndicator>;
          return (
            <SpaceBetween size="s">
              {failing.map((each) => (
                <Failing key={each.id} endpoint={each} />
              ))}
            </SpaceBetween>
          );
        }}
      </Loaded>
    </Container>
  );
}

function Failing({ endpoint: { id, url, disabled_at, failing_since } }: { readonly endpoint: Endpoint }) {
  return (
    <div>
      <span className="anywhere">
        <AppLink to={`/webhooks/${id}`}>{url ?? id}</AppLink>
      </span>
      <div>
        <StatusIndicator type="error">{disabled_at ? texts.switchedOff : texts.failing}</StatusIndicator>{' '}
        <When at={disabled_at ?? failing_since} />
      </div>
    </div>
  );
}
