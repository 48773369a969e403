import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page } from '../../parts/page.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { walletTexts as texts } from '../../texts/wallet.ts';
import { PlayBalanceDialog } from './play-balance-dialog.tsx';
import { ThresholdDialog } from './threshold-dialog.tsx';
import { TopupDialog } from './topup-dialog.tsx';
import { Topups } from './topups.tsx';
import { useTopupDraft } from './use-topup-draft.ts';
import { type Wallet, WalletCard } from './wallet-card.tsx';

type Open = { readonly dialog: 'topup' | 'balance' } | { readonly dialog: 'threshold'; readonly wallet: Wallet };

/** The money of the business: what there is, what is in doubt, and how more comes in. */
export function WalletPage() {
  const { may, mode } = useChosen();
  const draft = useTopupDraft();
  // A top-up whose answer was lost is what its owner wants to know about first.
  const [open, setOpen] = useState<Open | undefined>(draft.value.wasSent ? { dialog: 'topup' } : undefined);
  const [saved, setSaved] = useState('');
  const wallets = useRead('getWallet', {}, { isOpen: (data) => data.wallets.some(({ in_doubt }) => in_doubt !== 0) });
  const close = () => setOpen(undefined);
  const finish = (text: string) => {
    setSaved(text);
    close();
  };
  const openTopup = () => {
    draft.open();
    setOpen({ dialog: 'topup' });
  };
  const topUp = (
    <Button variant="primary" onClick={openTopup}>
      {texts.topUp}
    </Button>
  );
  return (
    <Page
      title={texts.title}
      description={texts.description}
      actions={
        may('wallet:write') && (
          <SpaceBetween direction="horizontal" size="xs">
            {mode === 'test' && <Button onClick={() => setOpen({ dialog: 'balance' })}>{texts.setBalance}</Button>}
            {topUp}
          </SpaceBetween>
        )
      }
    >
      <div role="status">
        {saved && (
          <Box margin={{ bottom: 'l' }}>
            <Alert type="success" dismissible onDismiss={() => setSaved('')}>
              {saved}
            </Alert>
          </Box>
        )}
      </div>
      <SpaceBetween size="l">
        <Loaded query={wallets}>
          {({ wallets: all }) => (
            <Wallets wallets={all} onSetThreshold={(wallet) => setOpen({ dialog: 'threshold', wallet })} />
          )}
        </Loaded>
        {/* Its place depends on how many wallets there are. */}
        <div hidden={wallets.isPending}>
          <Topups />
        </div>
      </SpaceBetween>
      {open?.dialog === 'topup' && <TopupDialog draft={draft} onClose={close} />}
      {open?.dialog === 'balance' && <PlayBalanceDialog onClose={close} onSaved={finish} />}
      {open?.dialog === 'threshold' && <ThresholdDialog wallet={open.wallet} onClose={close} onSaved={finish} />}
    </Page>
  );
}

interface WalletsProps {
  readonly wallets: readonly Wallet[];
  readonly onSetThreshold: (wallet: Wallet) => void;
}

function Wallets({ wallets, onSetThreshold }: WalletsProps) {
  if (wallets.length === 0) {
    return (
      <Container>
        <Empty title={texts.noneTitle} text={texts.noneText} />
      </Container>
    );
  }
  return (
    <ColumnLayout columns={3} minColumnWidth={280}>
      {wallets.map((wallet) => (
        <WalletCard key={wallet.currency} wallet={wallet} onSetThreshold={() => onSetThreshold(wallet)} />
      ))}
    </ColumnLayout>
  );
}
