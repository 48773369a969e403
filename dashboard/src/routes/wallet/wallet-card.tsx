import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Popover from '@cloudscape-design/components/popover';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Answer } from '../../api/client.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { Money } from '../../parts/money.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { walletTexts as texts } from '../../texts/wallet.ts';

export type Wallet = Answer<'getWallet'>['wallets'][number];

interface WalletCardProps {
  readonly wallet: Wallet;
  readonly onSetThreshold: () => void;
}

export function WalletCard({ wallet, onSetThreshold }: WalletCardProps) {
  const { may } = useChosen();
  const { currency, balance, low_balance_threshold: threshold } = wallet;
  return (
    <Container
      header={<Header variant="h2">{texts.walletOf(currency)}</Header>}
      footer={
        <SpaceBetween direction="horizontal" size="m" alignItems="center">
          <AppLink to={`/ledger?currency=${currency}`}>{texts.ledgerOf(currency)}</AppLink>
          {may('wallet:write') && (
            <Button variant="inline-link" ariaLabel={texts.setThresholdOf(currency)} onClick={onSetThreshold}>
              {texts.setThreshold}
            </Button>
          )}
        </SpaceBetween>
      }
    >
      <SpaceBetween size="s">
        <div>
          <Box variant="awsui-key-label">{texts.balance}</Box>
          <Box fontSize="heading-xl" fontWeight="bold">
            <Money amount={balance} currency={currency} />
          </Box>
          {threshold !== null && balance < threshold && <StatusIndicator type="warning">{texts.isLow}</StatusIndicator>}
        </div>
        {/* The kit's pairs measure themselves first, which moves what is below. */}
        <dl className="pair">
          <div>
            <Box variant="awsui-key-label" tagOverride="dt">
              {texts.inDoubt}
            </Box>
            <dd>
              <InDoubt wallet={wallet} />
            </dd>
          </div>
          <div>
            <Box variant="awsui-key-label" tagOverride="dt">
              {texts.threshold}
            </Box>
            <dd>{threshold === null ? texts.noThreshold : <Money amount={threshold} currency={currency} />}</dd>
          </div>
        </dl>
      </SpaceBetween>
    </Container>
  );
}

function InDoubt({ wallet: { currency, in_doubt } }: { readonly wallet: Wallet }) {
  if (in_doubt === 0) return <Money amount={0} currency={currency} />;
  return (
    <Popover triggerType="text" content={texts.inDoubtHelp} triggerAriaLabel={texts.inDoubtAbout(currency)}>
      {in_doubt === null ? texts.tooMany : <Money amount={in_doubt} currency={currency} />}
    </Popover>
  );
}
