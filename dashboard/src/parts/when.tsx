import Popover from '@cloudscape-design/components/popover';
import { partTexts as texts } from '../texts/parts.ts';
import { localText, utcText } from './when-text.ts';

/** An instant in the reader's zone; in UTC, too, on a tap or the Enter key. */
export function When({ at }: { readonly at: string | null | undefined }) {
  if (!at) return <>{texts.none}</>;
  const [day, time] = localText(at);
  return (
    <Popover size="small" position="top" triggerType="text" dismissButton={false} content={texts.utc(utcText(at))}>
      <time dateTime={at}>
        <span className="whole">{day},</span> <span className="whole">{time}</span>
      </time>
    </Popover>
  );
}
