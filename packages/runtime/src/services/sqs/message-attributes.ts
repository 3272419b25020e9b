import { createHash } from 'node:crypto';
import type { MessageAttribute } from '../shared/ports/queues.ts';
import { invalidParameter } from './sqs-errors.ts';

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

const MAX_ATTRIBUTES = 10;
const MAX_NAME_LENGTH = 256;
const dataTypes = /^(String|Number|Binary)(\..+)?$/;

/** Checks what a client sent. @throws AwsError InvalidParameterValueException. */
export function parseMessageAttributes(input: unknown): MessageAttributes {
  const attributes = (input ?? {}) as Record<string, MessageAttribute>;
  const entries = Object.entries(attributes);
  if (entries.length > MAX_ATTRIBUTES) {
    throw invalidParameter(`Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`);
  }
  for (const [name, attribute] of entries) checkAttribute(name, attribute);
  return attributes;
}

function checkAttribute(name: string, attribute: MessageAttribute): void {
  if (!/^[A-Za-z0-9_.-]+$/.test(name) || name.length > MAX_NAME_LENGTH || /^(aws|amazon)\./i.test(name)) {
    throw invalidParameter(`Invalid message attribute name: ${name}.`);
  }
  const type = dataTypes.exec(attribute?.DataType ?? '')?.[1];
  if (!type) {
    throw invalidParameter(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const value = type === 'Binary' ? attribute.BinaryValue : attribute.StringValue;
  if (typeof value !== 'string' || value === '') {
    throw invalidParameter(
      `The message attribute '${name}' must contain a non-empty message attribute value for message attribute type '${type}'.`,
    );
  }
  if (type === 'Number' && Number.isNaN(Number(value))) {
    throw invalidParameter(`Can't cast the value of message attribute '${name}' to a number.`);
  }
}

/** Bytes that the attributes take of a message's size: names, types and values. */
export function attributesSizeBytes(attributes: MessageAttributes): number {
  let size = 0;
  for (const [name, attribute] of Object.entries(attributes)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + valueOf(attribute).length;
  }
  return size;
}

export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/**
 * MD5 of message attributes as SDKs check it; undefined for none.
 * Algorithm: SQS Developer Guide, "Calculating the MD5 message digest for message attributes".
 */
export function md5OfMessageAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).toSorted();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const update = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const attribute = attributes[name]!;
    update(Buffer.from(name));
    update(Buffer.from(attribute.DataType));
    hash.update(Buffer.of(attribute.DataType.startsWith('Binary') ? 2 : 1));
    update(valueOf(attribute));
  }
  return hash.digest('hex');
}

/** The attributes that a receiver asked for: `All`, `.*`, names, or `prefix.*`. */
export function selectMessageAttributes(attributes: MessageAttributes, wanted: readonly string[]): MessageAttributes {
  if (wanted.length === 0) return {};
  if (wanted.includes('All') || wanted.includes('.*')) return attributes;
  const prefixes = wanted.filter((name) => name.endsWith('.*')).map((name) => name.slice(0, -1));
  const chosen = Object.entries(attributes).filter(
    ([name]) => wanted.includes(name) || prefixes.some((prefix) => name.startsWith(prefix)),
  );
  return Object.fromEntries(chosen);
}

/** String attributes, as services of the runtime send them. */
export function stringAttributes(values: Readonly<Record<string, string>>): MessageAttributes {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );
}

function valueOf(attribute: MessageAttribute): Buffer {
  return attribute.DataType.startsWith('Binary')
    ? Buffer.from(attribute.BinaryValue ?? '', 'base64')
    : Buffer.from(attribute.StringValue ?? '');
}
