import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Answer } from '../../api/client.ts';
import { orderTexts as texts } from '../../texts/orders.ts';
import { partTexts } from '../../texts/parts.ts';

/** What was asked for, as the API takes it: an accepted request is kept as its order. */
export function OriginalRequest({ order }: { readonly order: Answer<'getOrder'> }) {
  const { product_id, target, amount, agent_reference, custom_sms } = order;
  const body = { product_id, target, amount, agent_reference, ...(custom_sms ? { custom_sms } : {}) };
  const text = `POST /api/v1/orders\n\n${JSON.stringify(body, null, 2)}`;
  return (
    <ExpandableSection variant="container" headerText={texts.request}>
      <SpaceBetween size="s">
        <pre className="code">{text}</pre>
        <CopyToClipboard
          copyButtonText={partTexts.copy(texts.request.toLowerCase())}
          textToCopy={text}
          copySuccessText={partTexts.copied}
          copyErrorText={partTexts.copyFailed}
        />
      </SpaceBetween>
    </ExpandableSection>
  );
}
