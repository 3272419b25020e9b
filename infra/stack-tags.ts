import type { EnvironmentSettings } from './config.ts';

/** What bills are told apart by: a budget counts what carries it. */
export const APPLICATION_TAG = { key: 'application', value: 'order-workflow' } as const;

/** CloudFormation puts the tags of a stack on every resource of it that takes tags, so the template names none. */
export function stackTags({ name }: EnvironmentSettings): Record<string, string> {
  return { [APPLICATION_TAG.key]: APPLICATION_TAG.value, environment: name };
}
