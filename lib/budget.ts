import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Construct } from 'constructs';
import type { Stage } from './stage.ts';

/** A day that costs as many times what it may cost in the mean is not a busy one. */
const SURGE = 3;
const DAYS = 30;

/** What the account may cost in a month and in a day, and mail to whoever reads medium alarms when it costs more. */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, { budgetDollars, alarms }: Pick<Stage, 'budgetDollars' | 'alarms'>) {
    super(scope, id);
    // AWS mails by itself, to ten addresses at most; a topic would have to be in a region that it chooses.
    const readers = alarms.medium.filter((address) => address.includes('@')).slice(0, 10);
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
    // AWS's own detection of anomalies allows one monitor by service, which a new account has already.
    new CfnBudget(new Construct(this, 'Surge'), 'Daily', {
      budget: {
        budgetType: 'COST',
        timeUnit: 'DAILY',
        budgetLimit: { amount: Math.ceil((SURGE * budgetDollars) / DAYS), unit: 'USD' },
      },
      ...(readers.length > 0 ? { notificationsWithSubscribers: [at('ACTUAL', 100)] } : {}),
    });
  }
}
