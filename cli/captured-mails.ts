import { readAssembly, type Template } from '@order-workflow/runtime/assembly';
import { UserError } from './user-error.ts';

/**
 * How long this machine keeps the mails that it captured, in days. They name people as contacts of orders do, and end
 * with them: as the environment says from which the assembly was made (`contactRetention`).
 * @throws UserError for an assembly that does not say it.
 */
export function mailsKeptDays(assemblyFolder: string): number {
  return contactsKeptDays(readAssembly(assemblyFolder).template);
}

/** @throws UserError */
export function contactsKeptDays({ Resources = {} }: Pick<Template, 'Resources'>): number {
  const days = Object.values(Resources)
    .map(({ Properties }) => Number(Properties?.['Environment']?.Variables?.CONTACTS_KEPT_DAYS))
    .find((value) => value > 0);
  if (days !== undefined) return days;
  throw new UserError('The template gives no function CONTACTS_KEPT_DAYS: synthesize it anew, with `npm run synth`.');
}
