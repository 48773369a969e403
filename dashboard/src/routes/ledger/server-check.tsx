import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useAct } from '../../api/act.ts';
import { type Answer, call, type Scope } from '../../api/client.ts';
import { useScope } from '../../api/queries.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { ledgerTexts as texts } from '../../texts/ledger.ts';

type Verification = Answer<'verifyLedger'>;

/** The same, as our servers find it: for ledgers that cost too much to read. */
export function ServerCheck({ currency }: { readonly currency: string }) {
  const scope = useScope();
  const check = useAct<Verification>({ mutationFn: () => wholeOf(scope, currency) });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={texts.byServerText}
          actions={
            <Button loading={check.isPending} onClick={() => check.mutate()}>
              {texts.byServer}
            </Button>
          }
        >
          {texts.serverTitle}
        </Header>
      }
    >
      <SpaceBetween size="s">
        <div role="status">{check.data && <Said verification={check.data} />}</div>
        {check.error && <ProblemAlert error={check.error} />}
      </SpaceBetween>
    </Container>
  );
}

function Said({ verification: { verified, first_flaw: violation, entries } }: { readonly verification: Verification }) {
  return (
    <Alert type={verified ? 'success' : 'error'} header={verified ? texts.serverSound : texts.serverUnsound}>
      {violation ? violation.what : texts.serverText(entries.toLocaleString())}
    </Alert>
  );
}

/** A long ledger is checked in parts, each from where the one before ended. */
async function wholeOf(scope: Scope, currency: string): Promise<Verification> {
  for (let cursor = ''; ; ) {
    const found = await call(scope, 'verifyLedger', { query: { currency, ...(cursor ? { cursor } : {}) } });
    if (!found.verified || !found.next_cursor) return found;
    cursor = found.next_cursor;
  }
}
