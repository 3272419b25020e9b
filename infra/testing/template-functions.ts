import type { Template } from 'aws-cdk-lib/assertions';
import { resourcesOf } from './synthesized-stack.ts';

/** A function as a template has it. */
export interface TemplateFunction {
  /** Name of its entry file without the ending, e.g. `charge-payment`. */
  readonly entry: string;
  /** Logical id of its role. */
  readonly role: string;
  /** Logical ids of the tables whose names its environment holds. */
  readonly tables: readonly string[];
}

export function functionsOf(template: Template): TemplateFunction[] {
  return Object.values(resourcesOf(template, 'AWS::Lambda::Function')).map(({ Properties }) => ({
    entry: String(Properties.Handler).replace('.handler', ''),
    role: Properties.Role['Fn::GetAtt'][0] as string,
    tables: tablesIn(Properties.Environment.Variables as Record<string, unknown>),
  }));
}

function tablesIn(environment: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(environment)
    .filter(([name]) => name.endsWith('_TABLE'))
    .map(([, value]) => (value as { Ref: string }).Ref);
}
