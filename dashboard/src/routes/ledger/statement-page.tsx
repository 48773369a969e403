import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/queries.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Money } from '../../parts/money.tsx';
import { Page } from '../../parts/page.tsx';
import { Rows } from '../../parts/rows.tsx';
import { useUrlSearch } from '../../parts/use-search.ts';
import { wordFor } from '../../texts/language.ts';
import { ledgerTexts as texts } from '../../texts/ledger.ts';
import { StatementFiles } from './statement-files.tsx';
import { useWallet, WalletSelect } from './wallet-select.tsx';

type Statement = Answer<'getStatement'>;

/** A month of a wallet, to be booked: what it began with, what moved, what it ended with. */
export function StatementPage() {
  const { wallets, ...chosen } = useWallet();
  const [{ month = thisMonth() }, change] = useUrlSearch();
  const months = [...new Set([...lastMonths(), month])].map((value) => ({ value, label: monthText(value) }));
  return (
    <Page title={texts.statementTitle} description={texts.statementText}>
      <Loaded query={wallets}>
        {() =>
          chosen.currency ? (
            <SpaceBetween size="l">
              <SpaceBetween direction="horizontal" size="m">
                <WalletSelect {...chosen} />
                <FormField label={texts.month}>
                  <Select
                    selectedOption={months.find(({ value }) => value === month) ?? null}
                    options={months}
                    onChange={({ detail }) => change({ month: detail.selectedOption.value })}
                  />
                </FormField>
              </SpaceBetween>
              <OneMonth currency={chosen.currency} month={month} />
            </SpaceBetween>
          ) : (
            <Container>
              <Empty title={texts.noneTitle} text={texts.noneText} />
            </Container>
          )
        }
      </Loaded>
    </Page>
  );
}

function OneMonth({ currency, month }: { readonly currency: string; readonly month: string }) {
  const statement = useRead('getStatement', { query: { currency, month } });
  return (
    <Loaded query={statement}>
      {(data) => (
        <SpaceBetween size="l">
          <StatementFiles statement={data} />
          <Balances statement={data} />
          <Totals statement={data} />
        </SpaceBetween>
      )}
    </Loaded>
  );
}

function Balances({ statement }: { readonly statement: Statement }) {
  const { currency, closed, first_flaw: violation } = statement;
  return (
    <Container header={<Header variant="h2">{monthText(statement.month)}</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: texts.opening, value: <Money amount={statement.opening_balance} currency={currency} /> },
          {
            label: closed ? texts.closing : texts.closingNow,
            value: <Money amount={statement.closing_balance} currency={currency} />,
          },
          { label: texts.entries, value: statement.entries.toLocaleString() },
          {
            label: texts.addsUp,
            value: (
              <StatusIndicator type={violation ? 'error' : 'success'}>
                {violation ? texts.addsUpNo(violation.seq) : texts.addsUpYes}
              </StatusIndicator>
            ),
          },
        ]}
      />
    </Container>
  );
}

function Totals({ statement: { totals, currency } }: { readonly statement: Statement }) {
  return (
    <Rows
      items={totals}
      trackBy="kind"
      ariaLabels={{ tableLabel: texts.totals }}
      header={<Header variant="h2">{texts.totals}</Header>}
      empty={<Empty title={texts.noTotals} text={texts.noTotalsText} />}
      columnDefinitions={[
        {
          id: 'kind',
          header: texts.kind,
          isRowHeader: true,
          cell: ({ kind }) => wordFor(texts.kindWords, kind) || texts.damaged,
        },
        { id: 'count', header: texts.count, cell: ({ count }) => count.toLocaleString() },
        { id: 'sum', header: texts.sum, cell: ({ amount }) => <Money amount={amount} currency={currency} /> },
      ]}
    />
  );
}

const MONTHS = 36;

function thisMonth(): string {
  return new Date().toISOString().slice(0, 7);
}

/** Months as UTC has them, newest first. */
function lastMonths(): string[] {
  const now = new Date();
  const months = Array.from({ length: MONTHS }, (_each, before) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - before, 1)).toISOString(),
  );
  return months.map((each) => each.slice(0, 7));
}

const MONTH = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric', timeZone: 'UTC' });

function monthText(month: string): string {
  const first = new Date(`${month}-01T00:00:00Z`);
  return Number.isNaN(first.getTime()) ? month : MONTH.format(first);
}
