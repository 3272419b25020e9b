/** XML of the query protocol's answers. */

export function xmlElement(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

/** An element that holds text. */
export function xmlText(name: string, value: string): string {
  return xmlElement(name, value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
}

/** A list as the query protocol writes it: each member in an element of that name. */
export function xmlList(name: string, members: readonly string[]): string {
  return xmlElement(name, members.map((member) => xmlElement('member', member)).join(''));
}
