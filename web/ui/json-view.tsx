/** JSON text, indented; text that is none as it is. */
export function JsonView({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <pre class="json" tabIndex={0} aria-label={label}>
      <code>{indented(text)}</code>
    </pre>
  );
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // A cause may be any text.
    return text;
  }
}
