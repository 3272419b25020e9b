import { InvalidDefinition, parseDefinition, type Finding } from '@order-workflow/states-language';
import { supportsResource } from './integrations.ts';

export interface Diagnostic extends Finding {
  readonly severity: 'ERROR' | 'WARNING';
}

/** What is wrong with a definition: the findings of the parser that decides whether it can run. */
export function validateDefinition(text: string): Diagnostic[] {
  try {
    parseDefinition(text, { supportsResource });
    return [];
  } catch (error) {
    if (!(error instanceof InvalidDefinition)) throw error;
    return error.findings.map((finding) => ({ ...finding, severity: 'ERROR' }));
  }
}
