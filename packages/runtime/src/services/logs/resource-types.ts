import {
  UnsupportedFeature,
  type ResourceDeclaration,
  type ResourceType,
  type StackIdentity,
} from '../../assembly/resource-type.ts';
import { stableId } from '../shared/stable-id.ts';
import { isComparison, type Alarm } from '../cloudwatch/alarm.ts';
import type { LogsService } from './logs-service.ts';
import { UnsupportedExpression } from '../cloudwatch/metric-expression.ts';
import { metricOf, parseQuery, type MetricQuery } from '../cloudwatch/metric-query.ts';
import type { MetricsService } from '../cloudwatch/metrics-service.ts';

export function logsResourceTypes(service: LogsService): Record<string, ResourceType> {
  return {
    'AWS::Logs::LogGroup': {
      identify: (resource, stack) => {
        const name = nameOf(resource, stack, 'LogGroupName');
        return { ref: name, attributes: { Arn: `${service.arnOf(name)}:*` } };
      },
      create: (_resource, { ref }) => service.declareGroup(ref),
    },
    // For people who read logs on AWS; nothing here runs a query.
    'AWS::Logs::QueryDefinition': {
      identify: (resource, stack) => {
        const id = stableId([stack.stackName, resource.logicalId, resource.type], 32);
        return { ref: id, attributes: { QueryDefinitionId: id } };
      },
    },
    // Says who may write to a group; the endpoint has no identities.
    'AWS::Logs::ResourcePolicy': { identify: ({ logicalId }) => ({ ref: logicalId, attributes: {} }) },
  };
}

export function metricsResourceTypes(service: MetricsService): Record<string, ResourceType> {
  return {
    'AWS::CloudWatch::Alarm': {
      identify: (resource, stack) => {
        const name = nameOf(resource, stack, 'AlarmName');
        return { ref: name, attributes: { Arn: service.alarmArn(name) } };
      },
      create: (resource, { ref, attributes }) => {
        service.declareAlarm(alarmOf(resource, ref, attributes['Arn'] ?? ''));
      },
    },
    // Pictures for the console of AWS.
    'AWS::CloudWatch::Dashboard': {
      identify: (resource, stack) => ({ ref: nameOf(resource, stack, 'DashboardName'), attributes: {} }),
    },
  };
}

/** CloudFormation names what has no name `<stack>-<LogicalId>-<random>`. */
function nameOf({ logicalId, type, properties }: ResourceDeclaration, stack: StackIdentity, property: string): string {
  const suffix = stableId([stack.stackName, logicalId, type], 12, 'alphanumeric');
  return properties[property] ?? `${stack.stackName}-${logicalId}-${suffix}`;
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
