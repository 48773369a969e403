import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { campaignTexts } from '../../texts/campaigns.ts';
import type { TermsProps } from './terms-field.tsx';

const texts = campaignTexts.form;

const RULES = ['oncePerNumber', 'retryFailed', 'requireTimestamp', 'allowApiKey'] as const;
const HINTS = {
  oncePerNumber: texts.oncePerNumberHint,
  retryFailed: texts.retryFailedHint,
  requireTimestamp: texts.requireTimestampHint,
  allowApiKey: texts.allowApiKeyHint,
};

/** Once for each number is a rule of a new campaign only. */
export function Rules({ terms, onChange, isNew }: TermsProps) {
  return (
    <Container header={<Header variant="h2">{texts.rules}</Header>}>
      <SpaceBetween size="s">
        {RULES.map((rule) => (
          <Checkbox
            key={rule}
            checked={terms[rule]}
            description={HINTS[rule]}
            disabled={rule === 'oncePerNumber' && !isNew}
            onChange={({ detail }) => onChange({ ...terms, [rule]: detail.checked })}
          >
            {texts[rule]}
          </Checkbox>
        ))}
      </SpaceBetween>
    </Container>
  );
}
