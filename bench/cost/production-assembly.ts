import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { synthesize } from '../../cli/synthesize.ts';

const Template = z.looseObject({
  Parameters: z.record(z.string(), z.looseObject({ Default: z.string().optional() })),
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});
type Template = z.infer<typeof Template>;

/** A synthesized template and its folder, for the embedded runtime. */
export interface Assembly {
  readonly folder: string;
  /** Configured memory of each function in MB, by its logical id. */
  readonly memoryMb: ReadonlyMap<string, number>;
  /** Metrics that its alarms are computed from: each is billed as an alarm. */
  readonly alarmMetrics: number;
}

/** Values of the parameters that have no default in production. */
const NO_SHOP: Readonly<Record<string, string>> = {
  AlarmEmail: 'on-call@shop.test',
  MailSender: 'orders@shop.test',
  WebAclArn: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/Edge/0a',
};

/** Lambda's own default. */
const DEFAULT_MEMORY_MB = 128;

/**
 * Synthesizes the production template: what it logs is what is paid for. Only the addresses that a deployment must give
 * are those of no shop; what an order costs has nothing to do with them.
 */
export async function productionAssembly(folder: string): Promise<Assembly> {
  await synthesize({ assemblyFolder: folder, environment: 'prod' });
  const file = path.join(folder, 'OrderWorkflow.template.json');
  const template = introduced(withoutShop(Template.parse(JSON.parse(readFileSync(file, 'utf8')))));
  writeFileSync(file, JSON.stringify(template));
  return { folder, memoryMb: memoryOf(template), alarmMetrics: alarmMetricsOf(template) };
}

/** Any address will do, also the payment sandbox's, which speaks plain HTTP on this machine. */
function withoutShop({ Parameters, ...template }: Template): Template {
  const answered = Object.entries(Parameters).map(([name, { AllowedPattern: _any, ...parameter }]) => [
    name,
    { ...parameter, Default: parameter.Default ?? NO_SHOP[name] },
  ]);
  return { ...template, Parameters: Object.fromEntries(answered) as Template['Parameters'] };
}

/** Each function's SDK says with every call which function it is. */
function introduced({ Resources, ...template }: Template): Template {
  const entries = Object.entries(Resources).map(([logicalId, resource]) => {
    if (resource.Type !== 'AWS::Lambda::Function') return [logicalId, resource] as const;
    const { Environment, ...properties } = resource.Properties ?? {};
    const { Variables } = (Environment ?? {}) as { Variables?: object };
    const introduction = { Variables: { ...Variables, AWS_SDK_UA_APP_ID: logicalId } };
    return [logicalId, { ...resource, Properties: { ...properties, Environment: introduction } }] as const;
  });
  return { ...template, Resources: Object.fromEntries(entries) };
}

function memoryOf({ Resources }: Template): Map<string, number> {
  const functions = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
  return new Map(
    functions.map(([logicalId, { Properties }]) => [
      logicalId,
      Number(Properties?.['MemorySize'] ?? DEFAULT_MEMORY_MB),
    ]),
  );
}

function alarmMetricsOf({ Resources }: Template): number {
  const alarms = Object.values(Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  const ofAlarm = (Metrics: unknown): number =>
    Array.isArray(Metrics) ? Metrics.filter((query: object) => 'MetricStat' in query).length : 1;
  return alarms.reduce((sum, { Properties }) => sum + ofAlarm(Properties?.['Metrics']), 0);
}
