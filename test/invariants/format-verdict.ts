import { colors } from '../../cli/colors.ts';
import type { Verdict } from './check-invariants.ts';
import type { Violation } from './rule.ts';

const MAX_SHOWN_PER_RULE = 5;
const MAX_CHARACTERS_PER_ROW = 600;

/** Lines for people: each checked rule with its count, then the violations with keys and rows. */
export function formatVerdict({ checked, skipped, violations }: Verdict): string[] {
  const byRule = Map.groupBy(violations, (violation) => violation.rule);
  return [
    ...checked.map(({ id, says }) => {
      const count = byRule.get(id)?.length ?? 0;
      return count === 0 ? `${colors.green('✔')} ${id} ${says}` : `${colors.red(`✘ ${id}`)} ${says}: ${count}`;
    }),
    ...skipped.map(({ id, says }) => colors.dim(`- ${id} ${says} (not checked)`)),
    ...[...byRule.values()].flatMap(formatViolations),
    violations.length === 0
      ? colors.green(`${checked.length} rules hold`)
      : colors.red(`${violations.length} violations of ${byRule.size} of ${checked.length} rules`),
  ];
}

function formatViolations(violations: readonly Violation[]): string[] {
  const shown = violations.slice(0, MAX_SHOWN_PER_RULE).flatMap(({ rule, keys, because, rows }) => [
    `${colors.red(rule)} ${Object.entries(keys)
      .map(([name, key]) => `${name} ${key}`)
      .join(', ')}: ${because}`,
    ...rows.map((row) => `    ${colors.dim(textOf(row))}`),
  ]);
  const left = violations.length - MAX_SHOWN_PER_RULE;
  return left > 0 ? [...shown, `  and ${left} more of ${violations[0]?.rule}`] : shown;
}

/** A task token answers for whoever waits: it is never shown. */
function textOf(row: unknown): string {
  const text =
    JSON.stringify(row, (name, value: unknown) => (/^(task|other)Tokens?$/.test(name) ? '…' : value)) ?? 'no row';
  return text.length > MAX_CHARACTERS_PER_ROW ? `${text.slice(0, MAX_CHARACTERS_PER_ROW)}…` : text;
}
