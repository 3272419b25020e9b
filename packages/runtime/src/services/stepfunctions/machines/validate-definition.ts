import { InvalidDefinition, parseDefinition, type Finding, type TaskResource } from '@order-workflow/states-language';

/** Whether a Task state may name this resource. */
export type ResourceSupport = (resource: TaskResource) => boolean;

export interface Diagnostic extends Finding {
  readonly severity: 'ERROR' | 'WARNING';
}

/** What is wrong with a definition: the findings of the parser that decides whether it can run. */
export function validateDefinition(text: string, supportsResource: ResourceSupport): Diagnostic[] {
  try {
    parseDefinition(text, { supportsResource });
    return [];
  } catch (error) {
    if (!(error instanceof InvalidDefinition)) throw error;
    return error.findings.map((finding) => ({ ...finding, severity: 'ERROR' }));
  }
}
