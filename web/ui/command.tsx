import { useState } from 'preact/hooks';
import { announce } from './announcer.tsx';
import { Icon } from './icon.tsx';

/** The command that does the same in a terminal, to copy. */
export function Command({ children, label }: { readonly children: string; readonly label?: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(children);
      setCopied(true);
      announce('Copied');
    } catch {
      announce('This browser does not let the page copy: select the text instead');
    }
  };
  return (
    <div class="command">
      {label !== undefined && <span class="quiet">{label}</span>}
      <pre tabIndex={0} aria-label="Command">
        <code>{children}</code>
      </pre>
      <button type="button" class="icon-button" aria-label="Copy the command" onClick={() => void copy()}>
        <Icon name={isCopied ? 'done' : 'copy'} />
      </button>
    </div>
  );
}
