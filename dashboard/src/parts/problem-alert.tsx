import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { Problem } from '../api/problem.ts';
import { partTexts as texts } from '../texts/parts.ts';

/** What went wrong and what to do, with the id under which we find it. */
export function ProblemAlert({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const { title, detail, fix, request_id } = wordsOf(error);
  return (
    <Alert type="error" header={title} action={onRetry && <Button onClick={onRetry}>{texts.retry}</Button>}>
      {detail && <div>{detail}</div>}
      {fix && <div>{fix}</div>}
      {request_id && (
        <Box variant="small" color="inherit">
          {texts.requestId} <span className="code">{request_id}</span>
        </Box>
      )}
    </Alert>
  );
}

function wordsOf(error: Error) {
  if (!(error instanceof Problem)) return { title: texts.failed, detail: error.message };
  if (error.isOffline) return { title: texts.offline, detail: texts.offlineText };
  const { title = texts.failed, detail, fix, request_id } = error.body;
  return { title, detail, fix, request_id };
}
