import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useRead, useScope } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { overviewTexts as texts } from '../../texts/overview.ts';
import { LATEST } from '../orders/recent-orders.tsx';
import { type Counted, countsOf } from './counts-of.ts';

/** So many are counted; of more it is said that there are more. */
const MOST = 50;

/**
 * Orders whose outcome is not known yet, read again while there are any. When one of them is decided, what else of the
 * page depends on it is read again, too: nothing else there has to be asked whether it is still the same.
 */
export function Undecided() {
  const isOpen = ({ data }: { readonly data: readonly unknown[] }) => data.length > 0;
  const unknown = useRead('listOrders', { query: { status: 'unknown', limit: MOST } }, { isOpen });
  const pending = useRead('listOrders', { query: { status: 'pending', limit: MOST } }, { isOpen });
  useRefresh([unknown.data, pending.data]);
  return (
    <Container fitHeight header={<Header variant="h2">{texts.undecided}</Header>}>
      <Loaded query={unknown} room="10rem">
        {(found) => (
          <Loaded query={pending}>
            {(underWay) => {
              const counts = countsOf(found, underWay);
              const isAny = Object.values(counts).some(({ count }) => count > 0);
              return (
                <SpaceBetween size="s">
                  <div role="status">
                    <KeyValuePairs
                      items={[
                        { label: texts.unknown, value: <Count {...counts.unknown} status="unknown" /> },
                        { label: texts.held, value: <Count {...counts.held} status="pending" /> },
                        { label: texts.pending, value: <Count {...counts.pending} status="pending" /> },
                      ]}
                    />
                  </div>
                  {isAny && <Box color="text-body-secondary">{texts.undecidedText}</Box>}
                </SpaceBetween>
              );
            }}
          </Loaded>
        )}
      </Loaded>
    </Container>
  );
}

/** Reads balances and the latest orders again after a change of what is given, which the page begins with. */
function useRefresh(data: readonly unknown[]): void {
  const scope = useScope();
  const client = useQueryClient();
  const before = useRef(data);
  useEffect(() => {
    const isChange = data.some((each, at) => before.current[at] !== undefined && before.current[at] !== each);
    before.current = data;
    if (!isChange) return;
    client.invalidateQueries({ queryKey: [scope, 'getWallet'] });
    client.invalidateQueries({ queryKey: [scope, 'listOrders', LATEST] });
  });
}

function Count({ count, isMore, status }: Counted & { readonly status: string }) {
  if (count === 0 && !isMore) return <>{texts.none}</>;
  return <AppLink to={`/orders?status=${status}`}>{texts.count(count, isMore)}</AppLink>;
}
