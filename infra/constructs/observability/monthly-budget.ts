import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Construct } from 'constructs';
import { APPLICATION_TAG } from '../../stack-tags.ts';

export interface MonthlyBudgetProps {
  readonly usd: number;
  readonly email: string;
}

/**
 * Warns when the month is likely to cost more than planned, and when it has cost four fifths. It counts what carries
 * the application's tag, which somebody must activate once as a cost allocation tag; until then it sees nothing.
 */
export class MonthlyBudget extends Construct {
  constructor(scope: Construct, id: string, { usd, email }: MonthlyBudgetProps) {
    super(scope, id);
    const warnAt = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: { notificationType, comparisonOperator: 'GREATER_THAN', threshold, thresholdType: 'PERCENTAGE' },
      subscribers: [{ subscriptionType: 'EMAIL', address: email }],
    });
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: usd, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:${APPLICATION_TAG.key}$${APPLICATION_TAG.value}`] },
      },
      notificationsWithSubscribers: [warnAt('FORECASTED', 100), warnAt('ACTUAL', 80)],
    });
  }
}
