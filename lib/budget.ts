import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { CfnAnomalySubscription } from 'aws-cdk-lib/aws-ce';
import { Construct } from 'constructs';
import type { Stage } from './stage.ts';
import { isMail } from './stage.ts';

/** A day that costs as many times what it may cost in the mean is not a busy one. */
const SURGE = 3;
const DAYS = 30;
/** To more addresses AWS does not mail. */
const READERS_MAX = 10;

/** What the account may cost in a month and in a day, and mail to whoever reads medium alarms when it costs more. */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    const { budgetDollars, alarms } = stage;
    // AWS mails by itself; a topic would have to be in a region that it chooses.
    const readers = alarms.medium.filter(isMail).slice(0, READERS_MAX);
    const subscribers = readers.map((address) => ({ subscriptionType: 'EMAIL', address }));
    const at = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: { notificationType, threshold, thresholdType: 'PERCENTAGE', comparisonOperator: 'GREATER_THAN' },
      subscribers,
    });
    new CfnBudget(this, 'Monthly', {
      budget: {
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: budgetDollars, unit: 'USD' },
      },
      ...(readers.length > 0
        ? { notificationsWithSubscribers: [at('ACTUAL', 80), at('ACTUAL', 100), at('FORECASTED', 100)] }
        : {}),
    });
    new CfnBudget(new Construct(this, 'Surge'), 'Daily', {
      budget: {
        budgetType: 'COST',
        timeUnit: 'DAILY',
        budgetLimit: { amount: Math.ceil((SURGE * budgetDollars) / DAYS), unit: 'USD' },
      },
      ...(readers.length > 0 ? { notificationsWithSubscribers: [at('ACTUAL', 100)] } : {}),
    });
    if (stage.anomalyMonitorArn) this.#anomalies(stage, stage.anomalyMonitorArn, readers);
  }

  /**
   * Mail about what AWS's own detection finds. An account has one monitor by service, mostly from its first day on, and
   * a second one fails: so it is named and not made.
   */
  #anomalies({ name, budgetDollars }: Stage, monitor: string, readers: readonly string[]): void {
    const Dimensions = {
      Key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE',
      MatchOptions: ['GREATER_THAN_OR_EQUAL'],
      Values: [String(Math.ceil(budgetDollars / DAYS))],
    };
    new CfnAnomalySubscription(this, 'Anomalies', {
      subscriptionName: `airtime-${name}`,
      monitorArnList: [monitor],
      frequency: 'DAILY',
      thresholdExpression: JSON.stringify({ Dimensions }),
      subscribers: readers.map((address) => ({ type: 'EMAIL', address })),
    });
  }
}
