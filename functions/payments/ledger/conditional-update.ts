import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';

/** A condition on a row, with its own placeholders. */
export interface Condition {
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Change {
  /** What is undefined stays as it is. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  /** Numbers to raise counters by, sets to add to sets; neither needs to be there before. */
  readonly add?: Readonly<Record<string, number | Set<string>>>;
  readonly condition: Condition;
}

/** @param values at least one. */
export function isIn(field: string, values: readonly unknown[]): Condition {
  const placeholders = values.map((_value, index) => `:${field}Is${index}`);
  return {
    expression: `#${field} IN (${placeholders.join(', ')})`,
    names: { [`#${field}`]: field },
    values: Object.fromEntries(placeholders.map((placeholder, index) => [placeholder, values[index]])),
  };
}

export function isAbsent(field: string): Condition {
  return { expression: `attribute_not_exists(#${field})`, names: { [`#${field}`]: field }, values: {} };
}

export function isAbsentOrBelow(field: string, value: string): Condition {
  const absent = isAbsent(field);
  return {
    expression: `(${absent.expression} OR #${field} < :${field}Limit)`,
    names: absent.names,
    values: { [`:${field}Limit`]: value },
  };
}

/** Of a number. */
export function isAbsentOrAtMost(field: string, limit: number): Condition {
  const { expression, names } = isAbsent(field);
  const placeholder = `:${field}Limit`;
  return { expression: `(${expression} OR #${field} <= ${placeholder})`, names, values: { [placeholder]: limit } };
}

/** Of a set. */
export function isWithout(field: string, value: string): Condition {
  return {
    expression: `NOT contains(#${field}, :${field}Sought)`,
    names: { [`#${field}`]: field },
    values: { [`:${field}Sought`]: value },
  };
}

export function and(one: Condition, other: Condition): Condition {
  return {
    expression: `${one.expression} AND ${other.expression}`,
    names: { ...one.names, ...other.names },
    values: { ...one.values, ...other.values },
  };
}

/** The change as DynamoDB wants it. Every name has a placeholder, for some are reserved words. */
export function updateOf({
  set,
  remove = [],
  add = {},
  condition,
}: Change): Pick<
  UpdateCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
> {
  const fields = Object.entries(set).filter(([, value]) => value !== undefined);
  const additions = Object.entries(add);
  const written = [...fields, ...additions];
  const clauses = [
    ...(fields.length > 0 ? [`SET ${fields.map(([name]) => `#${name} = :${name}`).join(', ')}`] : []),
    ...(remove.length > 0 ? [`REMOVE ${remove.map((name) => `#${name}`).join(', ')}`] : []),
    ...(additions.length > 0 ? [`ADD ${additions.map(([name]) => `#${name} :${name}`).join(', ')}`] : []),
  ];
  const names = [...written.map(([name]) => name), ...remove];
  return {
    UpdateExpression: clauses.join(' '),
    ConditionExpression: condition.expression,
    ExpressionAttributeNames: { ...Object.fromEntries(names.map((name) => [`#${name}`, name])), ...condition.names },
    ExpressionAttributeValues: {
      ...Object.fromEntries(written.map(([name, value]) => [`:${name}`, value])),
      ...condition.values,
    },
  };
}
