import { DisableRuleCommand, ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { System } from '../../cli/system.ts';
import { minutesBetweenRuns } from '../../test/testing/schedule-period.ts';
import { MINUTES_A_MONTH } from './price-list.ts';
import { scaled, sumOf, type Usage } from './usage.ts';
import type { UsageMeter } from './usage-meter.ts';

interface ScheduledFunction {
  readonly functionArn: string;
  readonly runsAMonth: number;
}

/** What runs by the clock would be counted into whatever order is under way. */
export async function stopSchedules(system: System): Promise<void> {
  const { events } = system.deployment;
  for (const { Name } of await schedules(system)) await events.send(new DisableRuleCommand({ Name }));
}

/** Usage of a month's runs of all scheduled functions, each run once when there was nothing to do. */
export async function measureMonth(system: System, meter: UsageMeter): Promise<Usage> {
  const functions = await scheduledFunctions(system);
  for (const job of functions) await run(system, job); // cold starts are no run's cost
  const usages: Usage[] = [];
  for (const job of functions) {
    await meter.quiet();
    meter.reset();
    await run(system, job);
    await meter.quiet();
    usages.push(scaled(meter.usage, job.runsAMonth));
  }
  return sumOf(usages);
}

async function scheduledFunctions(system: System): Promise<ScheduledFunction[]> {
  const functions: ScheduledFunction[] = [];
  for (const { Name, ScheduleExpression } of await schedules(system)) {
    const { Targets = [] } = await system.deployment.events.send(new ListTargetsByRuleCommand({ Rule: Name }));
    const runsAMonth = MINUTES_A_MONTH / minutesBetweenRuns(ScheduleExpression);
    functions.push(...Targets.map(({ Arn = '' }) => ({ functionArn: Arn, runsAMonth })));
  }
  return functions;
}

async function schedules({ deployment }: System) {
  const { Rules = [] } = await deployment.events.send(new ListRulesCommand({}));
  return Rules.filter(({ ScheduleExpression }) => ScheduleExpression !== undefined);
}

/** @throws Error when the run fails: what it used is no measure then. */
async function run({ deployment }: System, { functionArn }: ScheduledFunction): Promise<void> {
  const { FunctionError } = await deployment.lambda.send(
    new InvokeCommand({ FunctionName: functionArn, Payload: '{}' }),
  );
  if (FunctionError !== undefined) throw new Error(`${functionArn} failed: ${FunctionError}`);
}
