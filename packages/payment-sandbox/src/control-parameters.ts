/** Parameters of the control API. Each throws an Error that names the parameter and what was expected. */

/** A JSON object; an empty body is an empty one. */
export function recordOf(body: string): Record<string, unknown> {
  const command: unknown = body === '' ? {} : JSON.parse(body);
  if (typeof command === 'object' && command !== null && !Array.isArray(command)) {
    return command as Record<string, unknown>;
  }
  throw new Error('expected an object');
}

export function oneOf<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw new Error(`${name}: expected one of ${choices.join(', ')}`);
  return choice;
}

export function wholeNumber<Name extends string>(name: Name, value: unknown): { readonly [key in Name]?: number } {
  if (value === undefined) return {};
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new Error(`${name}: expected a whole number`);
  }
  return { [name]: value } as { readonly [key in Name]?: number };
}

export function optionalText(name: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new Error(`${name}: expected text`);
}
