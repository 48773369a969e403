import Popover from '@cloudscape-design/components/popover';
import { partTexts as texts } from '../texts/parts.ts';
import { localText, utcText } from './when-text.ts';

/** An instant in the reader's zone; in UTC, too, on a tap or the Enter key. */
export function When({ at }: { readonly at: string | null | undefined }) {
  if (!at) return <>{texts.none}</>;
  return (
    <Popover size="small" position="top" triggerType="text" dismissButton={false} content={texts.utc(utcText(at))}>
      <time className="when" dateTime={at}>
        {localText(at)}
      </time>
    </Popover>
  );
}
