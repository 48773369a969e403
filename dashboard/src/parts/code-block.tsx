import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { partTexts as texts } from '../texts/parts.ts';

/** Lines for elsewhere: a program, a terminal. `what` says what they are, as in "Copy the command". */
export function CodeBlock({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <SpaceBetween size="xs">
      <pre className="code">{text}</pre>
      <CopyToClipboard
        copyButtonText={texts.copy(what)}
        textToCopy={text}
        copySuccessText={texts.copied}
        copyErrorText={texts.copyFailed}
      />
    </SpaceBetween>
  );
}
