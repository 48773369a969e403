import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import { type ReactNode, useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { DocsLink } from '../../parts/docs-link.tsx';
import { keyTexts as texts } from '../../texts/keys.ts';

interface KeyDialogProps {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** Ends a key at once, and says what is left to check. The same again changes nothing more. */
export function RevokeKey({ id, name, onClose }: KeyDialogProps) {
  const revoke = useChange('revokeKey');
  const [isKeeping, setIsKeeping] = useState(false);
  if (revoke.data) {
    return (
      <Dialog title={texts.revokeTitle(name)} onClose={onClose}>
        <Left revoked={revoke.data} />
      </Dialog>
    );
  }
  return (
    <Dialog
      title={texts.revokeTitle(name)}
      onClose={onClose}
      action={texts.revoke}
      onAction={() => revoke.mutate({ path: { key_id: id }, body: { keep_campaigns: isKeeping } })}
      isPending={revoke.isPending}
      error={revoke.error}
    >
      <Box>{texts.revokeText}</Box>
      <Box>
        {texts.revokeCampaigns} <DocsLink to="keys#a-key-leaked">{texts.leaked}</DocsLink>
      </Box>
      <Checkbox
        checked={isKeeping}
        description={texts.keepCampaignsHint}
        onChange={({ detail }) => setIsKeeping(detail.checked)}
      >
        {texts.keepCampaigns}
      </Checkbox>
    </Dialog>
  );
}

function Left({ revoked }: { readonly revoked: Answer<'revokeKey'> }) {
  const { campaigns, endpoints, keys } = revoked;
  const isAny = campaigns.length + endpoints.length + keys.length > 0;
  return (
    <>
      <Alert type={isAny ? 'warning' : 'success'} header={texts.revoked}>
        <div role="status">
          {texts.revokedText} {!isAny && texts.leftNothing}
        </div>
      </Alert>
      <LeftOver title={texts.leftCampaigns}>
        {campaigns.map(({ id, name, paused }) => (
          <li key={id}>
            <AppLink to={`/campaigns/${id}`}>{name}</AppLink> ({paused ? texts.leftPaused : texts.leftRunning})
          </li>
        ))}
      </LeftOver>
      <LeftOver title={texts.leftEndpoints}>
        {endpoints.map(({ id, url }) => (
          <li key={id}>
            <AppLink to={`/webhooks/${id}`}>{url}</AppLink>
          </li>
        ))}
      </LeftOver>
      <LeftOver title={texts.leftKeys}>
        {keys.map(({ id, name, prefix }) => (
          <li key={id}>
            {name} (<span className="code">{prefix}…</span>)
          </li>
        ))}
      </LeftOver>
    </>
  );
}

function LeftOver({ title, children }: { readonly title: string; readonly children: readonly ReactNode[] }) {
  if (children.length === 0) return null;
  return (
    <div>
      <Box variant="h3">{title}</Box>
      <ul>{children}</ul>
    </div>
  );
}
