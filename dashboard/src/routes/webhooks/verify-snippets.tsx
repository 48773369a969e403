import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { code } from '../../../../docs/webhooks.md';
import { CodeBlock } from '../../parts/code-block.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { webhookTexts as texts } from '../../texts/webhooks.ts';
import { VERIFY_USAGE } from './verify-usage.ts';

/** What a receiver needs to be sure that a request is ours, in six languages. */
export function VerifySnippets() {
  const tabs = Object.entries(VERIFY_USAGE).map(([language, usage]) => ({
    id: language,
    label: language,
    content: <CodeBlock text={`${code[language] ?? ''}\n\n${usage}`.trim()} what={texts.verifyCode(language)} />,
  }));
  return (
    <Container header={<Header variant="h2">{texts.verify}</Header>}>
      <SpaceBetween size="s">
        <div>
          {texts.verifyText} <DocsLink to="webhooks#verify-it">{texts.verifyGuide}</DocsLink>
        </div>
        <Tabs tabs={tabs} ariaLabel={texts.verify} />
      </SpaceBetween>
    </Container>
  );
}
