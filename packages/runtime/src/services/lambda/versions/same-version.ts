import { isDeepStrictEqual } from 'node:util';
import type { FunctionSettings } from '../function-settings.ts';

/** Addresses of this machine follow from the ports of a start, which AWS does not have. */
const LOCAL_ADDRESS = /\bhttp:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):\d+/gu;

/** Whether two texts of a template are the same but for the ports of two starts. */
export function isSameElsewhere(one: string | undefined, other: string | undefined): boolean {
  return withoutPorts(one) === withoutPorts(other);
}

/** Whether a version that is published now would be this one: in everything that it keeps but its code. */
export function isSameVersion(published: FunctionSettings, now: FunctionSettings): boolean {
  return isDeepStrictEqual(keptOf(published), keptOf(now));
}

function keptOf(settings: FunctionSettings): unknown {
  const { codeFolder: _code, description: _text, reservedConcurrency: _ofAllVersions, ...kept } = settings;
  return JSON.parse(withoutPorts(JSON.stringify(kept))!);
}

function withoutPorts(text: string | undefined): string | undefined {
  return text?.replaceAll(LOCAL_ADDRESS, 'http://here');
}
