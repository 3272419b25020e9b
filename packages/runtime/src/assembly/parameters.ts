import { StartError } from '../runtime/start-error.ts';
import type { TemplateParameter } from './template.ts';

/**
 * Values of the template's parameters: the caller's, else the default. Parameters that CloudFormation reads from
 * SSM (the CDK bootstrap version) keep their path, because nothing at run time uses them.
 * @throws StartError for a value that is missing, unknown or not allowed.
 */
export function parameterValues(
  declared: Readonly<Record<string, TemplateParameter>>,
  given: Readonly<Record<string, string>>,
): Map<string, string | string[]> {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  if (unknown.length > 0) throw invalid(`Unknown parameter ${unknown.join(', ')}.`);
  return new Map(
    Object.entries(declared).map(([name, parameter]) => [name, parameterValue(name, parameter, given[name])]),
  );
}

function parameterValue(name: string, parameter: TemplateParameter, given?: string): string | string[] {
  const text = given ?? parameter.Default?.toString();
  if (text === undefined) throw invalid(`The template's parameter ${name} has no default: give --parameter ${name}=…`);
  if (parameter.AllowedValues && !parameter.AllowedValues.includes(text)) {
    throw invalid(`Parameter ${name} is "${text}"; allowed: ${parameter.AllowedValues.join(', ')}.`);
  }
  if (parameter.AllowedPattern && !new RegExp(`^(?:${parameter.AllowedPattern})$`).test(text)) {
    throw invalid(`Parameter ${name} is "${text}", which does not match ${parameter.AllowedPattern}.`);
  }
  const { MinLength: shortest = 0, MaxLength: longest = Infinity } = parameter;
  if (text.length < Number(shortest) || text.length > Number(longest)) {
    throw invalid(`Parameter ${name} has ${text.length} characters; expected from ${shortest} to ${longest}.`);
  }
  if (parameter.Type === 'Number' && !Number.isFinite(Number(text))) {
    throw invalid(`Parameter ${name} is "${text}", which is no number.`);
  }
  const isList = parameter.Type === 'CommaDelimitedList' || parameter.Type.startsWith('List<');
  return isList ? text.split(',').map((item) => item.trim()) : text;
}

function invalid(message: string): StartError {
  return new StartError('TEMPLATE_INVALID', message);
}
