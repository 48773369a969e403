import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Answer } from '../../api/client.ts';
import { CodeBlock } from '../../parts/code-block.tsx';
import { Copy } from '../../parts/copy.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { keyTexts as texts } from '../../texts/keys.ts';
import { wordFor } from '../../texts/language.ts';
import { curlOf, readFor, TEST_ORDER } from './curl.ts';

/** A key where it was made or rolled: nowhere else and never again. */
export function MadeKey({ made }: { readonly made: Answer<'createKey'> }) {
  const read = readFor(made.scopes);
  const mayOrder = made.mode === 'test' && made.scopes.includes('orders:write');
  return (
    <SpaceBetween size="m">
      <Alert type="success" header={texts.madeTitle}>
        <div role="status">{wordFor(texts.madeText, made.mode)}</div>
        <div className="code">
          <Copy text={made.key} what={texts.key} />
        </div>
      </Alert>
      {read && (
        <div>
          <Box variant="h3" tagOverride="h2">
            {texts.tryIt}
          </Box>
          <CodeBlock text={curlOf(made.key, read)} what={texts.command} />
        </div>
      )}
      {mayOrder && (
        <div>
          <Box variant="h3" tagOverride="h2">
            {texts.tryOrder}
          </Box>
          <CodeBlock text={curlOf(made.key, TEST_ORDER)} what={texts.command} />
        </div>
      )}
      <DocsLink to="start">{texts.quickStart}</DocsLink>
    </SpaceBetween>
  );
}
