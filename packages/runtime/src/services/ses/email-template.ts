/** Content of an `AWS::SES::Template` or of a template sent along. */
export interface EmailTemplate {
  readonly subject: string;
  readonly text?: string | undefined;
  readonly html?: string | undefined;
}

/** The template asks for something that the data does not hold, or that is not rendered here. */
export class RenderingError extends Error {
  override readonly name = 'RenderingError';
}

/**
 * Replaces `{{name}}` and `{{path.to.name}}`; in HTML the values are escaped unless written `{{{name}}}`.
 * @throws RenderingError for a missing value and for blocks (`{{#each}}` …).
 */
export function renderTemplate(template: EmailTemplate, data: unknown): EmailTemplate {
  const { subject, text, html } = template;
  return {
    subject: render(subject, data, false),
    ...(text !== undefined && { text: render(text, data, false) }),
    ...(html !== undefined && { html: render(html, data, true) }),
  };
}

function render(source: string, data: unknown, escapeHtml: boolean): string {
  return source.replace(/\{\{(\{?)\s*([^{}]+?)\s*\}?\}\}/g, (_whole, raw: string, name: string) => {
    if (!/^[\w-]+(\.[\w-]+)*$/.test(name)) throw new RenderingError(`{{${name}}} is not rendered here.`);
    const value = name.split('.').reduce<unknown>((at, step) => own(at, step), data);
    if (value === undefined) throw new RenderingError(`Attribute '${name}' is not present in the rendering data.`);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return escapeHtml && raw === '' ? escaped(text) : text;
  });
}

function own(value: unknown, name: string): unknown {
  const holds = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return holds ? (value as Record<string, unknown>)[name] : undefined;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
