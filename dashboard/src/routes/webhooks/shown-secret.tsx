import Alert from '@cloudscape-design/components/alert';
import { Copy } from '../../parts/copy.tsx';
import { webhookTexts as texts } from '../../texts/webhooks.ts';

/** A secret where it was made or changed: nowhere else and never again. */
export function ShownSecret({ secret }: { readonly secret: string }) {
  return (
    <Alert type="success" header={texts.secretTitle}>
      <div role="status">{texts.secretText}</div>
      <div className="code">
        <Copy text={secret} what={texts.secret} />
      </div>
    </Alert>
  );
}
