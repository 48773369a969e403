import Popover from '@cloudscape-design/components/popover';
import { partTexts as texts } from '../texts/parts.ts';
import { hourText, localText, utcText } from './when-text.ts';

interface WhenProps {
  readonly at: string | null | undefined;
  /** Whether only its hour is known. */
  readonly isHour?: boolean;
}

/** An instant in the reader's zone; in UTC, too, on a tap or the Enter key. */
export function When({ at, isHour }: WhenProps) {
  if (!at) return <>{texts.none}</>;
  const [day, time] = isHour ? hourText(at) : localText(at);
  return (
    <Popover size="small" position="top" triggerType="text" dismissButton={false} content={texts.utc(utcText(at))}>
      <time dateTime={at}>
        <span className="whole">{day},</span> <span className="whole">{isHour ? texts.fromHour(time) : time}</span>
      </time>
    </Popover>
  );
}
