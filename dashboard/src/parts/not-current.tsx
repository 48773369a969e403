import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { partTexts as texts } from '../texts/parts.ts';
import { sentenceOf } from './problem-words.ts';
import { useNow } from './use-now.ts';
import { relativeText } from './when-text.ts';

interface NotCurrentProps {
  readonly at: number;
  readonly error: Error;
  readonly onRetry: () => void;
}

/** Over data that could not be read again: its age, so that nobody takes it for the present. */
export function NotCurrent({ at, error, onRetry }: NotCurrentProps) {
  const now = useNow(true);
  return (
    <Alert type="warning" action={<Button onClick={onRetry}>{texts.retry}</Button>}>
      {texts.asOf(relativeText(at, now))} {sentenceOf(error)}
    </Alert>
  );
}
