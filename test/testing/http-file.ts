/** One request of a `.http` file, and what its comments expect. Values in braces are filled in when it is sent. */
export interface FileRequest {
  readonly title: string;
  /** `# @name x`: later requests refer to its answer as `{{x.response.body.<field>}}`. */
  readonly name: string | undefined;
  /** `# Expect 200 field=value …`: the status, and fields of the answer's body as text. */
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface HttpFile {
  /** `@name = value`; a value may refer to those above it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly requests: readonly FileRequest[];
}

/** Reads what HTTP clients of editors read, as far as our file uses it. */
export function parseHttpFile(text: string): HttpFile {
  const [preamble = '', ...sections] = text.split(/^###/m);
  const variables = Object.fromEntries(
    [...preamble.matchAll(/^@(\w+) = (.*)$/gm)].map(([, name, value]) => [name, value]),
  );
  return { variables: variables as Record<string, string>, requests: sections.flatMap(requestIn) };
}

/** A section that is only a heading has no request. */
function requestIn(section: string): FileRequest[] {
  const [title = '', ...lines] = section.split('\n');
  const comments = lines.filter((line) => line.startsWith('#')).join('\n');
  const request = lines
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .trim();
  if (request === '') return [];
  const [head = '', ...body] = request.split('\n\n');
  const [requestLine = '', ...headerLines] = head.split('\n');
  const [method = '', url = ''] = requestLine.split(' ');
  const [, status = '', fields = ''] = /^# Expect (\d{3})(.*)$/m.exec(comments) ?? [];
  return [
    {
      title: title.trim(),
      name: /^# @name (\w+)$/m.exec(comments)?.[1],
      status: Number(status),
      fields: Object.fromEntries([...fields.matchAll(/(\w+)=(\S+)/g)].map(([, field, value]) => [field, value])),
      method,
      url,
      headers: Object.fromEntries(headerLines.map((line) => line.split(/: (.*)/s).slice(0, 2))) as Record<
        string,
        string
      >,
      body: body.length === 0 ? undefined : body.join('\n\n'),
    },
  ];
}

/** Fills `{{…}}` in, as often as it takes. @throws Error for a name that is unknown. */
export function filledIn(text: string, valueOf: (name: string) => string | undefined): string {
  if (!text.includes('{{')) return text;
  const next = text.replaceAll(/\{\{([\w.]+)\}\}/g, (_match, name: string) => {
    const value = valueOf(name);
    if (value === undefined) throw new Error(`{{${name}}} has no value`);
    return value;
  });
  return filledIn(next, valueOf);
}
