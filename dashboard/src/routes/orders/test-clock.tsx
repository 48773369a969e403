import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import type { Answer } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { orderTexts as texts } from '../../texts/orders.ts';

/** Test mode only: the sandbox's next answer about an order, now instead of when it is due. */
export function TestClock({ order }: { readonly order: Answer<'getOrder'> }) {
  const advance = useChange('advanceOrder');
  return (
    <>
      <Button
        loading={advance.isPending}
        onClick={() => advance.mutate({ path: { agent_reference: order.agent_reference } })}
      >
        {texts.advance}
      </Button>
      {advance.data && !advance.data.final && <Box>{texts.advanced}</Box>}
      {advance.error && <ProblemAlert error={advance.error} />}
    </>
  );
}
