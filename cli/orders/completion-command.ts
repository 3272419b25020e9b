import { Argument, Command } from 'commander';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** `orders completion <shell>`: a script for the shell to source. It is made from the commands themselves. */
export function completionCommand(program: Command): Command {
  return new Command('completion')
    .description('Print a completion script for your shell')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText(
      'after',
      '\nExamples:\n  $ source <(orders completion bash)\n  $ orders completion fish > ~/.config/fish/completions/orders.fish',
    )
    .action((shell: Shell) => console.log(completionScript(program, shell)));
}

export function completionScript(program: Command, shell: Shell): string {
  const words = completionWords(program);
  switch (shell) {
    case 'bash':
      return bashScript(words);
    case 'zsh':
      // zsh runs bash's completion functions itself.
      return `autoload -U +X bashcompinit && bashcompinit\n${bashScript(words)}`;
    case 'fish':
      return fishScript(words);
  }
}

/** What may follow each chain of commands, e.g. `parked` → list, retry, resolve. '' is the program itself. */
function completionWords(command: Command, chain = ''): Map<string, string[]> {
  const words = new Map([
    [
      chain,
      [
        ...command.commands.map((child) => child.name()),
        ...command.options.flatMap(({ long }) => long ?? []),
        ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
        '--help',
      ],
    ],
  ]);
  for (const child of command.commands) {
    for (const [key, value] of completionWords(child, `${chain} ${child.name()}`.trim())) words.set(key, value);
  }
  return words;
}

function bashScript(words: ReadonlyMap<string, readonly string[]>): string {
  const cases = [...words].map(([chain, follow]) => `    '${chain}') words='${follow.join(' ')}' ;;`);
  return `_orders_completion() {
  local chain='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*|*[!a-z]*) ;; *) chain="\${chain:+$chain }$word" ;; esac
  done
  case "$chain" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _orders_completion orders`;
}

function fishScript(words: ReadonlyMap<string, readonly string[]>): string {
  const lines = [...words].flatMap(([chain, follow]) =>
    follow.map((word) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
      return `complete -c orders -f -n '__orders_chain "${chain}"' ${what}`;
    }),
  );
  return `function __orders_chain
  set -l chain
  for word in (commandline -opc)[2..-1]
    string match -qr '^[a-z]+$' -- $word; and set -a chain $word
  end
  test "$chain" = "$argv[1]"
end
${lines.join('\n')}`;
}
