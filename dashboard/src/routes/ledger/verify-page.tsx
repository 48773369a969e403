import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Link from '@cloudscape-design/components/link';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef, useState } from 'react';
import { useAct } from '../../api/act.ts';
import { useRead, useScope } from '../../api/queries.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ledgerTexts as texts } from '../../texts/ledger.ts';
import { shellTexts } from '../../texts/shell.ts';
import { Proof, Result } from './found-here.tsx';
import { ServerCheck } from './server-check.tsx';
import { type Finding, verifyHere } from './verify.ts';
import { useWallet, WalletSelect } from './wallet-select.tsx';

/** The chain of a wallet, verified by whoever looks at it. */
export function VerifyPage() {
  const { wallets, ...chosen } = useWallet();
  return (
    <Page
      title={texts.verifyTitle}
      description={
        <>
          {texts.verifyText}{' '}
          <Link href="/docs/ledger-heads" external externalIconAriaLabel={shellTexts.newTab}>
            {texts.howTo}
          </Link>
        </>
      }
    >
      <Loaded query={wallets}>
        {() =>
          chosen.currency ? (
            <SpaceBetween size="l">
              <SpaceBetween direction="horizontal" size="m">
                <WalletSelect {...chosen} />
              </SpaceBetween>
              <Verification key={chosen.currency} currency={chosen.currency} />
            </SpaceBetween>
          ) : (
            <Container>
              <Empty title={texts.noWallet} text={texts.noneText} />
            </Container>
          )
        }
      </Loaded>
    </Page>
  );
}

/** An entry of the export takes so much of the network, compressed. */
const BYTES_PER_ENTRY = 90;

function Verification({ currency }: { readonly currency: string }) {
  const newest = useRead('listLedger', { query: { currency, limit: 1 } });
  return (
    <Loaded query={newest}>
      {({ data }) =>
        data[0] ? (
          <SpaceBetween size="l">
            <Here currency={currency} entries={data[0].seq} />
            <ServerCheck currency={currency} />
          </SpaceBetween>
        ) : (
          <Container>
            <Empty title={texts.noWallet} text={texts.noneText} />
          </Container>
        )
      }
    </Loaded>
  );
}

function Here({ currency, entries }: { readonly currency: string; readonly entries: number }) {
  const scope = useScope();
  const [done, setDone] = useState(0);
  const stopping = useRef<AbortController>(undefined);
  const verify = useAct<Finding | undefined>({
    mutationFn: async () => {
      setDone(0);
      stopping.current = new AbortController();
      const { signal } = stopping.current;
      return verifyHere({ scope, currency, entries, onProgress: setDone, signal }).catch((error: Error) => {
        if (signal.aborted) return undefined;
        throw error;
      });
    },
  });
  // Nobody pays for reading what is not looked at any more.
  useEffect(() => () => stopping.current?.abort(), []);
  if (!globalThis.crypto?.subtle) return <Alert type="warning">{texts.noCrypto}</Alert>;
  const all = entries.toLocaleString();
  const kilobytes = Math.ceil((entries * BYTES_PER_ENTRY) / 1024).toLocaleString();
  return (
    <SpaceBetween size="l">
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <Button variant="primary" loading={verify.isPending} onClick={() => verify.mutate()}>
          {texts.verifyHere}
        </Button>
        {verify.isPending ? (
          <Button onClick={() => stopping.current?.abort()}>{texts.stop}</Button>
        ) : (
          <Box color="text-body-secondary">{texts.cost(all, kilobytes)}</Box>
        )}
      </SpaceBetween>
      {verify.isPending && (
        <ProgressBar
          label={texts.progress}
          value={(100 * done) / entries}
          additionalInfo={texts.progressOf(done.toLocaleString(), all)}
        />
      )}
      {verify.error && <ProblemAlert error={verify.error} onRetry={() => verify.mutate()} />}
      {/* It is there before it has something to say, so that it is said. */}
      <div role="status">{verify.data && <Result finding={verify.data} currency={currency} />}</div>
      {verify.data && <Proof finding={verify.data} currency={currency} />}
    </SpaceBetween>
  );
}
