import { UnsupportedFeature, type ResourceDeclaration, type ResourceType } from '../../assembly/resource-type.ts';
import { randomizedName } from '../shared/physical-name.ts';
import { isComparison, type Alarm } from './alarm.ts';
import { UnsupportedExpression } from './metric-expression.ts';
import { metricOf, parseQuery, type MetricQuery } from './metric-query.ts';
import type { MetricsService } from './metrics-service.ts';

export function cloudWatchResourceTypes(service: MetricsService): Record<string, ResourceType> {
  return {
    'AWS::CloudWatch::Alarm': {
      identify: (resource, stack) => {
        const name = randomizedName(resource, stack, 'AlarmName');
        return { ref: name, attributes: { Arn: service.alarmArn(name) } };
      },
      create: (resource, { ref, attributes }) => {
        service.declareAlarm(alarmOf(resource, ref, attributes['Arn'] ?? ''));
      },
    },
    // Named by other alarms and by actions; not evaluated.
    'AWS::CloudWatch::CompositeAlarm': {
      identify: (resource, stack) => {
        const name = randomizedName(resource, stack, 'AlarmName');
        return { ref: name, attributes: { Arn: service.alarmArn(name) } };
      },
    },
    // Learns what is usual; alarms here have static thresholds.
    'AWS::CloudWatch::AnomalyDetector': {
      identify: ({ logicalId }) => ({ ref: logicalId, attributes: { Id: logicalId } }),
    },
    // Pictures for the console of AWS.
    'AWS::CloudWatch::Dashboard': {
      identify: (resource, stack) => ({ ref: randomizedName(resource, stack, 'DashboardName'), attributes: {} }),
    },
  };
}

function alarmOf(resource: ResourceDeclaration, name: string, arn: string): Alarm {
  const { properties } = resource;
  const { ComparisonOperator: comparison, EvaluationPeriods: periods, TreatMissingData: missingData } = properties;
  if (!isComparison(comparison)) throw new UnsupportedFeature(resource, `ComparisonOperator ${comparison}`);
  return {
    name,
    arn,
    description: properties['AlarmDescription'],
    comparison,
    threshold: Number(properties['Threshold']),
    evaluationPeriods: Number(periods),
    datapointsToAlarm: Number(properties['DatapointsToAlarm'] ?? periods),
    missingData: missingData ?? 'missing',
    actionsEnabled: String(properties['ActionsEnabled'] ?? true) === 'true',
    actions: {
      OK: properties['OKActions'] ?? [],
      ALARM: properties['AlarmActions'] ?? [],
      INSUFFICIENT_DATA: properties['InsufficientDataActions'] ?? [],
    },
    ...queriesOf(resource),
  };
}

/** An expression that cannot be evaluated makes an alarm that says so: it is no reason not to start. */
function queriesOf({ properties }: ResourceDeclaration): { queries: MetricQuery[]; unsupported: string | undefined } {
  try {
    const queries = properties['Metrics']?.map(parseQuery) ?? [singleQuery(properties)];
    return { queries, unsupported: undefined };
  } catch (error) {
    if (error instanceof UnsupportedExpression) return { queries: [], unsupported: error.message };
    throw error;
  }
}

function singleQuery(properties: ResourceDeclaration['properties']): MetricQuery {
  return {
    kind: 'metric',
    id: 'm',
    returnData: true,
    label: undefined,
    metric: metricOf(properties),
    statistic: properties['ExtendedStatistic'] ?? properties['Statistic'],
    periodSeconds: Number(properties['Period']),
  };
}
