import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { completionScript } from './completion-command.ts';
import { ordersProgram } from './program.ts';

/** What bash offers after the given words. */
function offered(...words: readonly string[]): string[] {
  const script = `${completionScript(ordersProgram(), 'bash')}
COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _orders_completion; echo "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script, 'bash', 'orders', ...words], { encoding: 'utf8' })
    .trim()
    .split(' ');
}

describe('shell completion', () => {
  test('offers commands, their subcommands and their options', () => {
    expect(offered('re')).toEqual(['replay', 'return', 'redrive', 'republish', 'restore']);
    expect(offered('parked', '')).toEqual(['list', 'retry', 'resolve', '--help']);
    expect(offered('parked', 'resolve', '01K2Z5N8W0CHECK0VTSAMPRE01', '--ev')).toEqual(['--evidence']);
    expect(offered('return', 'book', '01K2Z5N8W0CHECK0VTSAMPRE01', '--w')).toEqual(['--write-off']);
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish', '--help']);
  });

  test('fish and zsh get the same words', () => {
    expect(completionScript(ordersProgram(), 'zsh')).toContain("'parked') words='list retry resolve");
    expect(completionScript(ordersProgram(), 'fish')).toContain(
      `complete -c orders -f -n '__orders_chain "parked resolve"' -l evidence`,
    );
  });

  test('every command has a summary, and every command on a deployment has examples', () => {
    for (const command of ordersProgram().commands) expect(command.description()).not.toBe('');
  });
});
