import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { code } from '../../../../docs/campaigns.md';
import { CodeBlock } from '../../parts/code-block.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { campaignTexts as texts } from '../../texts/campaigns.ts';
import { samplesOf } from './samples-of.ts';

export interface SamplesProps {
  readonly campaign: { readonly id: string; readonly amount?: number | null; readonly min_amount?: number | null };
}

/** The code of the guide, which tests run, with what is particular to this campaign. */
export function Samples({ campaign: { id, amount, min_amount } }: SamplesProps) {
  const samples = samplesOf(code, {
    baseUrl: window.location.origin,
    campaignId: id,
    ...(amount == null && min_amount != null ? { amount: String(min_amount) } : {}),
  });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            <>
              {texts.samplesText} <DocsLink to="campaigns#sign-it">{texts.samplesGuide}</DocsLink>
            </>
          }
        >
          {texts.samples}
        </Header>
      }
    >
      <Tabs
        ariaLabel={texts.samples}
        tabs={samples.map(({ language, text }) => ({
          id: language,
          label: texts.languages[language],
          content: (
            <SpaceBetween size="s">
              <Box>{texts.runs[language]}</Box>
              <CodeBlock text={text} what={texts.sample} />
            </SpaceBetween>
          ),
        }))}
      />
    </Container>
  );
}
