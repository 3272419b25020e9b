import { AwsError } from '../shared/aws-error.ts';

export type JsonPath = (value: unknown) => unknown;

const step = /\.([A-Za-z0-9_$-]+)|\['([^']+)'\]|\["([^"]+)"\]|\[(\d+)\]|\[(\*)\]/y;

/**
 * Compiles the JSON paths that EventBridge accepts in InputPath and InputPathsMap: `$`, `.name`, `['name']`, `[0]`
 * and `[*]`. A path that leads nowhere yields undefined.
 * @throws AwsError ValidationException.
 */
export function compileJsonPath(path: string): JsonPath {
  const steps: (string | number)[] = [];
  step.lastIndex = 1;
  while (path.startsWith('$') && step.lastIndex < path.length) {
    const match = step.exec(path);
    if (!match) throw invalidPath(path);
    steps.push(match[4] === undefined ? (match[1] ?? match[2] ?? match[3] ?? '*') : Number(match[4]));
    if (match[5]) steps[steps.length - 1] = EACH;
  }
  if (!path.startsWith('$')) throw invalidPath(path);
  return (value) => follow(value, steps);
}

/** Stands for `[*]`; no field can have this name because the syntax does not allow the character. */
const EACH = '*';

function follow(value: unknown, steps: readonly (string | number)[]): unknown {
  for (const [index, name] of steps.entries()) {
    if (value === null || typeof value !== 'object') return undefined;
    if (name === EACH) return Object.values(value).map((each) => follow(each, steps.slice(index + 1)));
    value = (value as Record<string | number, unknown>)[name];
  }
  return value;
}

function invalidPath(path: string): AwsError {
  return new AwsError('ValidationException', `Invalid InputPath "${path}": not a JSON path that EventBridge supports.`);
}
