import ExpandableSection from '@cloudscape-design/components/expandable-section';
import type { Answer } from '../../api/client.ts';
import { CodeBlock } from '../../parts/code-block.tsx';
import { orderTexts as texts } from '../../texts/orders.ts';

/** What was asked for, as the API takes it: an accepted request is kept as its order. */
export function OriginalRequest({ order }: { readonly order: Answer<'getOrder'> }) {
  const { product_id, target, amount, agent_reference, custom_sms } = order;
  const body = { product_id, target, amount, agent_reference, ...(custom_sms ? { custom_sms } : {}) };
  const text = `POST /api/v1/orders\n\n${JSON.stringify(body, null, 2)}`;
  return (
    <ExpandableSection variant="container" headerText={texts.request}>
      <CodeBlock text={text} what={texts.request.toLowerCase()} />
    </ExpandableSection>
  );
}
