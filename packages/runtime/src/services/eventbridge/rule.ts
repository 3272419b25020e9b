import { compileEventPattern, type EventPattern } from '../shared/patterns/event-pattern.ts';
import { parseRuleSchedule, type RecurringSchedule } from '../shared/schedules/schedule-expression.ts';
import { compileTargetInput, type TargetInput } from './target-input.ts';
import type { Target } from './target.ts';

/** What is stored of a rule. */
export interface RuleDefinition {
  readonly name: string;
  readonly busName: string;
  readonly eventPattern?: string | undefined;
  readonly scheduleExpression?: string | undefined;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly description?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly targets: readonly Target[];
  readonly createdAtMs: number;
  /** Since when it runs on its present schedule and state; what fell due before is not missed. */
  readonly effectiveFromMs: number;
  /** Declared by the template: removed when a later template has it no more. */
  readonly declared: boolean;
}

/** A rule as it is put: the rule book knows its times. */
export type RuleRequest = Omit<RuleDefinition, 'createdAtMs' | 'effectiveFromMs'>;

/** A rule ready to run. */
export interface Rule extends RuleDefinition {
  readonly arn: string;
  readonly pattern?: EventPattern;
  readonly schedule?: RecurringSchedule;
  readonly inputs: ReadonlyMap<Target, TargetInput>;
}

/** @throws AwsError InvalidEventPatternException, ValidationException. */
export function compileRule(definition: RuleDefinition, arn: string): Rule {
  return {
    ...definition,
    arn,
    ...(definition.eventPattern !== undefined && { pattern: compileEventPattern(definition.eventPattern) }),
    ...(definition.scheduleExpression !== undefined && { schedule: parseRuleSchedule(definition.scheduleExpression) }),
    inputs: new Map(definition.targets.map((target) => [target, compileTargetInput(target)])),
  };
}
