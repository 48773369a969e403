import Alert from '@cloudscape-design/components/alert';
import { Problem } from '../../api/problem.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { keyTexts as texts } from '../../texts/keys.ts';

/** A refusal; or no answer, after which there may be a key whose text nobody has. */
export function KeyProblem({ error }: { readonly error: Error }) {
  if (!(error instanceof Problem && (error.isOffline || error.status >= 500))) return <ProblemAlert error={error} />;
  return (
    <Alert type="warning" header={texts.lostTitle} action={<AppLink to="/keys">{texts.toList}</AppLink>}>
      {texts.lostText}
    </Alert>
  );
}
