import { isRecord } from '@order-workflow/states-language';
import { StartError } from '../runtime/start-error.ts';
import type { TemplateResource } from './template.ts';

type Resources = Readonly<Record<string, TemplateResource>>;

/** Logical ids so that each comes after what it refers to or depends on. @throws StartError on a circle. */
export function deploymentOrder(resources: Resources): string[] {
  const ordered = new Set<string>();
  const path: string[] = [];
  const visit = (logicalId: string): void => {
    if (ordered.has(logicalId)) return;
    if (path.includes(logicalId)) {
      throw new StartError('TEMPLATE_INVALID', `Circular dependency: ${[...path, logicalId].join(' → ')}.`);
    }
    path.push(logicalId);
    for (const dependency of dependenciesOf(resources[logicalId], resources)) visit(dependency);
    path.pop();
    ordered.add(logicalId);
  };
  for (const logicalId of Object.keys(resources)) visit(logicalId);
  return [...ordered];
}

function dependenciesOf(resource: TemplateResource | undefined, resources: Resources): Set<string> {
  const found = new Set<string>([resource?.DependsOn ?? []].flat());
  collectReferences(resource?.Properties, found);
  return new Set([...found].filter((name) => Object.hasOwn(resources, name)));
}

function collectReferences(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collectReferences(item, found);
  if (!isRecord(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === 'Ref' && typeof item === 'string') found.add(item);
    else if (key === 'Fn::GetAtt') found.add(String(Array.isArray(item) ? item[0] : item).split('.', 1)[0] ?? '');
    else if (key === 'Fn::Sub') collectSubstitutions(item, found);
    else collectReferences(item, found);
  }
}

function collectSubstitutions(argument: unknown, found: Set<string>): void {
  const [text, locals] = Array.isArray(argument) ? argument : [argument, undefined];
  for (const [, name = ''] of String(text).matchAll(/\$\{([^!}][^}]*)\}/g)) found.add(name.split('.', 1)[0] ?? '');
  collectReferences(locals, found);
}
