import Alert from '@cloudscape-design/components/alert';
import { Copy } from '../../parts/copy.tsx';
import { campaignTexts as texts } from '../../texts/campaigns.ts';

/** A secret where it was made: nowhere else and never again. */
export function SecretOnce({ secret }: { readonly secret: string }) {
  return (
    <Alert type="warning" header={texts.secretTitle}>
      <div role="status">{texts.secretText}</div>
      <div className="code">
        <Copy text={secret} what={texts.secret} />
      </div>
    </Alert>
  );
}
