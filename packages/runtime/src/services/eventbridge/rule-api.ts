import type { AwsOperation, JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { listBetween, optionalString, requiredString } from '../shared/aws-input.ts';
import { pageOfList, pageOfNames } from './paging.ts';
import { busNameOf, type RuleBook } from './rule-book.ts';
import type { Rule, RuleDefinition, RuleRequest } from './rule.ts';
import type { Target } from './target.ts';
import { checkTarget, MAX_TARGETS } from './target-checks.ts';

/** Targets of one request (API reference, PutTargets and RemoveTargets). */
const MEMBERS = { min: 1, max: 100 };

/** Operations on rules and their targets. */
export function ruleOperations(rules: RuleBook): Record<string, AwsOperation> {
  return {
    PutRule: (input) => putRule(rules, input),
    async DeleteRule(input) {
      const bus = rules.bus(optionalString(input, 'EventBusName'));
      const name = requiredString(input, 'Name');
      if ((bus.rules.get(name)?.targets.length ?? 0) > 0) {
        throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
      }
      await rules.deleteRule(name, bus.name);
      return {};
    },
    DescribeRule: (input) => ruleEntry(ruleOf(rules, input)),
    EnableRule: (input) => setState(rules, input, 'ENABLED'),
    DisableRule: (input) => setState(rules, input, 'DISABLED'),
    ListRules(input) {
      const { items, nextToken } = pageOfNames(
        [...rules.bus(optionalString(input, 'EventBusName')).rules.values()],
        input,
      );
      return { Rules: items.map(ruleEntry), ...nextToken };
    },
    ListRuleNamesByTarget(input) {
      const arn = requiredString(input, 'TargetArn');
      const all = [...rules.bus(optionalString(input, 'EventBusName')).rules.values()];
      const { items, nextToken } = pageOfNames(
        all.filter((rule) => rule.targets.some((target) => target.Arn === arn)),
        input,
      );
      return { RuleNames: items.map((rule) => rule.name), ...nextToken };
    },
    ...targetOperations(rules),
  };
}

function targetOperations(rules: RuleBook): Record<string, AwsOperation> {
  return {
    async PutTargets(input) {
      const rule = ruleOf(rules, input, 'Rule');
      const added = listBetween(input, 'Targets', MEMBERS) as Target[];
      added.forEach(checkTarget);
      const ids = new Set(added.map((target) => target.Id));
      const targets = [...rule.targets.filter((target) => !ids.has(target.Id)), ...added];
      if (targets.length > MAX_TARGETS) {
        throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
      }
      await rules.save({ ...requestOf(rule), targets });
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    async RemoveTargets(input) {
      const rule = ruleOf(rules, input, 'Rule');
      const ids = new Set<unknown>(listBetween(input, 'Ids', MEMBERS));
      await rules.save({ ...requestOf(rule), targets: rule.targets.filter((target) => !ids.has(target.Id)) });
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    ListTargetsByRule(input) {
      const { items, nextToken } = pageOfList(ruleOf(rules, input, 'Rule').targets, input);
      return { Targets: items, ...nextToken };
    },
  };
}

async function putRule(rules: RuleBook, input: JsonObject): Promise<JsonObject> {
  const name = requiredString(input, 'Name');
  const busName = busNameOf(optionalString(input, 'EventBusName'));
  const eventPattern = optionalString(input, 'EventPattern') || undefined;
  const scheduleExpression = optionalString(input, 'ScheduleExpression') || undefined;
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name))
    throw new AwsError('ValidationException', `Rule name ${name} is not valid.`);
  if (!eventPattern && !scheduleExpression) {
    throw new AwsError('ValidationException', 'Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  const existing = rules.bus(busName).rules.get(name);
  const rule = await rules.save({
    name,
    busName,
    eventPattern,
    scheduleExpression,
    state: stateOf(input.State),
    description: optionalString(input, 'Description'),
    roleArn: optionalString(input, 'RoleArn'),
    targets: existing?.targets ?? [],
    declared: existing?.declared ?? false,
  });
  return { RuleArn: rule.arn };
}

/** @throws AwsError ValidationException. */
export function stateOf(state: unknown): RuleDefinition['state'] {
  if (state === undefined || state === null || state === 'ENABLED') return 'ENABLED';
  if (state === 'DISABLED') return 'DISABLED';
  throw new AwsError('ValidationException', `Rule state ${String(state)} is not supported by the embedded runtime.`);
}

async function setState(rules: RuleBook, input: JsonObject, state: RuleDefinition['state']): Promise<JsonObject> {
  await rules.save({ ...requestOf(ruleOf(rules, input)), state });
  return {};
}

function ruleOf(rules: RuleBook, input: JsonObject, member = 'Name'): Rule {
  return rules.rule(requiredString(input, member), optionalString(input, 'EventBusName'));
}

function requestOf(rule: Rule): RuleRequest {
  const { name, busName, eventPattern, scheduleExpression, state, description, roleArn, targets, declared } = rule;
  return { name, busName, eventPattern, scheduleExpression, state, description, roleArn, targets, declared };
}

function ruleEntry(rule: Rule): JsonObject {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventBusName: rule.busName,
    State: rule.state,
    ...(rule.eventPattern !== undefined && { EventPattern: rule.eventPattern }),
    ...(rule.scheduleExpression !== undefined && { ScheduleExpression: rule.scheduleExpression }),
    ...(rule.description !== undefined && { Description: rule.description }),
    ...(rule.roleArn !== undefined && { RoleArn: rule.roleArn }),
  };
}
