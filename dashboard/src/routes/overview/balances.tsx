import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Wallet } from '../../../../sdk/typescript/src/api.ts';
import { useRead } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Money } from '../../parts/money.tsx';
import { moneyText } from '../../parts/money-text.ts';
import { overviewTexts as texts } from '../../texts/overview.ts';

/** What is in each wallet, and what of the spent may come back. */
export function Balances() {
  const wallet = useRead('getWallet');
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" actions={<AppLink to="/wallet">{texts.toWallet}</AppLink>}>
          {texts.balances}
        </Header>
      }
    >
      <Loaded query={wallet} room="6rem">
        {({ wallets }) =>
          wallets.length === 0 ? (
            <Box>{texts.noBalances}</Box>
          ) : (
            <SpaceBetween size="xs">
              {wallets.map((each) => (
                <Balance key={each.currency} wallet={each} />
              ))}
            </SpaceBetween>
          )
        }
      </Loaded>
    </Container>
  );
}

function Balance({ wallet: { balance, currency, in_doubt } }: { readonly wallet: Wallet }) {
  return (
    <div>
      <Box fontSize="heading-m" fontWeight="bold">
        <Money amount={balance} currency={currency} />
      </Box>
      {in_doubt === null && <Box color="text-body-secondary">{texts.doubtUnknown}</Box>}
      {in_doubt !== null && in_doubt !== 0 && (
        <Box color="text-body-secondary">{texts.inDoubt(moneyText(in_doubt, currency))}</Box>
      )}
    </div>
  );
}
