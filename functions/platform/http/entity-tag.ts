import * as z from 'zod';

/** Which versions a condition names: any at all (`*`), or these. None are left when only foreign or weak tags were sent. */
export type ExpectedVersions = 'any' | readonly number[];

/** `entity-tag` of RFC 9110, section 8.8.3. A comma inside the quotes belongs to the tag. */
const ENTITY_TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/y;
const BETWEEN_TAGS = /[ \t]*(?:,[ \t]*)+/y;
const VERSION = /^(?:0|[1-9]\d{0,8})$/;

/** The entity tag of a version: a strong one. */
export function entityTagOf(version: number): string {
  return `"${version}"`;
}

/** Whether the version is one of those that the condition names. */
export function isExpected(version: number, expected: ExpectedVersions): boolean {
  return expected === 'any' || expected.includes(version);
}

/**
 * `If-Match` (RFC 9110, section 13.1.1): `*`, or a list of entity tags of which one must be that of the current version.
 * Tags are compared strongly, so that a weak one never matches. Two copies of the header are one list.
 */
export const IfMatch = tagList('expected `*`, or ETags in quotes such as "3"', (tag) => !tag.isWeak).meta({
  description: 'The ETag of the version that you want to change, several of them, or `*` for any',
  override: { type: 'string', examples: ['"3"'] },
});

/** `If-None-Match` (RFC 9110, section 13.1.2), whose tags are compared weakly. */
export const IfNoneMatch = tagList('expected `*`, or ETags in quotes such as "3"', () => true).meta({
  description: 'The ETag of the version that you have: you get 304 while it is the current one',
  override: { type: 'string', examples: ['"3"'] },
});

interface EntityTag {
  readonly isWeak: boolean;
  readonly opaque: string;
}

function tagList(expectation: string, counts: (tag: EntityTag) => boolean) {
  return z.string().transform((text, context): ExpectedVersions => {
    if (text.trim() === '*') return 'any';
    const tags = entityTagsIn(text.trim());
    if (tags === undefined) {
      context.addIssue({ code: 'custom', message: expectation });
      return z.NEVER;
    }
    return tags.filter((tag) => counts(tag) && VERSION.test(tag.opaque)).map(({ opaque }) => Number(opaque));
  });
}

/** Undefined for what is no list of entity tags, an empty one included. */
function entityTagsIn(text: string): EntityTag[] | undefined {
  const tags: EntityTag[] = [];
  for (let at = 0; at < text.length || tags.length === 0;) {
    ENTITY_TAG.lastIndex = at;
    const tag = ENTITY_TAG.exec(text);
    if (tag === null) return undefined;
    tags.push({ isWeak: tag[1] !== undefined, opaque: tag[2] ?? '' });
    at = ENTITY_TAG.lastIndex;
    if (at === text.length) break;
    BETWEEN_TAGS.lastIndex = at;
    if (BETWEEN_TAGS.exec(text) === null) return undefined;
    at = BETWEEN_TAGS.lastIndex;
  }
  return tags;
}
