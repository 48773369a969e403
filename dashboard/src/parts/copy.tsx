import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import { partTexts as texts } from '../texts/parts.ts';

/** A text that somebody will need elsewhere. `what` says what it is, as in "Copy the key". */
export function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <span className="copied">
      <CopyToClipboard
        variant="inline"
        textToCopy={text}
        textToDisplay={text}
        copyButtonAriaLabel={texts.copy(what)}
        copySuccessText={texts.copied}
        copyErrorText={texts.copyFailed}
      />
    </span>
  );
}
