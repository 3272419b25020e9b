import { InvalidDefinition, parseDefinition } from '../parse-definition.ts';

const resource = 'arn:aws:states:::lambda:invoke';
const supportsResource = ({ arn }: { arn: string }): boolean => arn === resource;

export const pass = { Type: 'Pass', End: true };

export const task = (rest: object): object => ({ Type: 'Task', Resource: resource, End: true, ...rest });

/** A machine that starts at the state A. */
export const of = (state: object, more: object = {}): object => ({
  QueryLanguage: 'JSONata',
  StartAt: 'A',
  States: { A: state, ...more },
});

/** Findings as CreateStateMachine joins them. For tests only. */
export function faultsOf(definition: unknown): string {
  const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
  try {
    parseDefinition(text, { supportsResource });
    return 'none';
  } catch (error) {
    if (error instanceof InvalidDefinition) return error.message;
    throw error;
  }
}
