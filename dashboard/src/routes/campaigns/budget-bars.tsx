import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Answer } from '../../api/client.ts';
import { moneyText } from '../../parts/money-text.ts';
import { campaignTexts as texts } from '../../texts/campaigns.ts';
import { orderTexts } from '../../texts/orders.ts';
import { shareOf, todayOf } from './state-of.ts';

const STATUSES = ['pending', 'unknown', 'success', 'refunded', 'failed', 'reversed'] as const;

/** How much of each limit is used, and how its payouts stand. */
export function BudgetBars({ campaign }: { readonly campaign: Answer<'getCampaign'> }) {
  const { currency, spent, budget, payouts, max_payouts, daily_budget, daily_max_payouts, left, counts } = campaign;
  const today = todayOf(campaign, Date.now());
  const money = (amount: number | null) => (amount === null ? '–' : moneyText(amount, currency));
  return (
    <Container
      header={
        <Header variant="h2" description={texts.totalsText}>
          {texts.totals}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <ColumnLayout columns={2}>
          <Bar label={texts.budget} used={spent} all={budget} text={money} more={texts.leftOf(money(left))} />
          <Bar label={texts.payouts} used={payouts} all={max_payouts} text={String} />
          {daily_budget !== null && <Bar label={texts.today} used={today.spent} all={daily_budget} text={money} />}
          {daily_max_payouts !== null && (
            <Bar label={texts.payoutsToday} used={today.payouts} all={daily_max_payouts} text={String} />
          )}
        </ColumnLayout>
        <KeyValuePairs
          columns={4}
          items={STATUSES.flatMap((status) =>
            counts[status] === undefined ? [] : [{ label: orderTexts.statusWords[status], value: counts[status] }],
          )}
        />
      </SpaceBetween>
    </Container>
  );
}

interface BarProps {
  readonly label: string;
  readonly used: number | null;
  readonly all: number | null;
  readonly text: (value: number | null) => string;
  readonly more?: string;
}

/** The numbers are beside the bar: nothing is said by its length alone. */
function Bar({ label, used, all, text, more }: BarProps) {
  if (all === null) return <KeyValuePairs items={[{ label, value: texts.unlimited(text(used)) }]} />;
  return (
    <ProgressBar
      value={shareOf(used, all)}
      label={label}
      description={texts.of(text(used), text(all))}
      additionalInfo={more}
    />
  );
}
