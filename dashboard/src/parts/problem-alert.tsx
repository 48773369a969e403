import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { partTexts as texts } from '../texts/parts.ts';
import { wordsOf } from './problem-words.ts';

/** What went wrong and what to do, with the id under which we find it. */
export function ProblemAlert({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const { title, details, fix, requestId } = wordsOf(error);
  return (
    <Alert type="error" header={title} action={onRetry && <Button onClick={onRetry}>{texts.retry}</Button>}>
      {details.map((detail) => (
        <div key={detail}>{detail}</div>
      ))}
      {fix && <div>{fix}</div>}
      {requestId && (
        <Box variant="small" color="inherit">
          {texts.requestId} <span className="code">{requestId}</span>
        </Box>
      )}
    </Alert>
  );
}
