import { AwsError } from '../../shared/aws-error.ts';
import { invalidMember } from '../api-values.ts';
import { isVersionNumber, parseMachineArn } from '../names.ts';
import type { AliasRoute } from './version-store.ts';

/** A routing configuration as the API writes it. */
export interface RoutingItem {
  readonly stateMachineVersionArn: string;
  readonly weight: number;
}

const MAX_ROUTES = 2;
const FULL_WEIGHT = 100;

/**
 * Checks a routing configuration: one or two versions of one machine, whose weights make 100. The wording is that
 * recorded from AWS, except for versions of two machines.
 * @throws AwsError ValidationException, InvalidArn.
 */
export function parseRouting(given: unknown): { machineArn: string; routes: AliasRoute[] } {
  const items = checkShape(given);
  const arns = items.map((item) => item.stateMachineVersionArn);
  const received = `Received: [${arns.join(', ')}]`;
  const references = arns.map((arn) => parseMachineArn(arn));
  if (references.some(({ qualifier }) => qualifier === undefined || !isVersionNumber(qualifier))) {
    throw invalid(`Routing configuration must contain state machine version ARNs. ${received}`);
  }
  if (new Set(arns).size < arns.length) {
    throw invalid(`Routing configuration must contain distinct state machine version ARNs. ${received}`);
  }
  const [{ machineArn }] = references as [(typeof references)[0]];
  if (references.some((reference) => reference.machineArn !== machineArn)) {
    throw invalid(`Routing configuration must contain versions of one state machine. ${received}`);
  }
  const weights = items.map(({ weight }) => weight);
  if (weights.reduce((sum, weight) => sum + weight, 0) !== FULL_WEIGHT) {
    throw invalid(`Sum of routing configuration weights must equal ${FULL_WEIGHT}. Received: [${weights.join(', ')}]`);
  }
  return {
    machineArn,
    routes: references.map(({ qualifier }, index) => ({ version: Number(qualifier), weight: weights[index]! })),
  };
}

function checkShape(given: unknown): RoutingItem[] {
  const member = 'routingConfiguration';
  if (!Array.isArray(given)) throw invalidMember(member, given, 'Member must not be null');
  if (given.length === 0) throw invalidMember(member, '[]', 'Member must have length greater than or equal to 1');
  if (given.length > MAX_ROUTES) {
    throw invalidMember(member, shown(given), `Member must have length less than or equal to ${MAX_ROUTES}`);
  }
  for (const [index, item] of given.entries()) checkItem(item, `${member}.${index + 1}.member`);
  return given as RoutingItem[];
}

function checkItem(item: unknown, place: string): void {
  const { stateMachineVersionArn: arn, weight } = Object(item) as Partial<RoutingItem>;
  if (typeof arn !== 'string') throw invalidMember(`${place}.stateMachineVersionArn`, arn, 'Member must not be null');
  if (!Number.isInteger(weight)) throw invalidMember(`${place}.weight`, weight, 'Member must be a whole number');
  if (weight! > FULL_WEIGHT) {
    throw invalidMember(`${place}.weight`, weight, `Member must have value less than or equal to ${FULL_WEIGHT}`);
  }
  if (weight! < 0) throw invalidMember(`${place}.weight`, weight, 'Member must have value greater than or equal to 0');
}

function shown(items: readonly unknown[]): string {
  const texts = items.map((item) => {
    const { stateMachineVersionArn: arn, weight } = Object(item) as Partial<RoutingItem>;
    return `RoutingConfigurationListItem(stateMachineVersionArn=${arn}, weight=${weight})`;
  });
  return `[${texts.join(', ')}]`;
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
