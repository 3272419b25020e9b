import { invalidReceiptHandle } from './sqs-errors.ts';

/** What a receipt handle says: which message, and which of its receives. */
export interface Receipt {
  readonly seq: number;
  readonly messageId: string;
  readonly receiveCount: number;
}

export function receiptHandle(receipt: Receipt): string {
  return Buffer.from(`${receipt.messageId} ${receipt.seq} ${receipt.receiveCount}`).toString('base64');
}

/** @throws AwsError ReceiptHandleIsInvalid when `handle` was not made by `receiptHandle`. */
export function parseReceiptHandle(handle: string): Receipt {
  const [messageId, seq, receiveCount, ...rest] = Buffer.from(handle, 'base64').toString().split(' ');
  const receipt = { messageId: messageId ?? '', seq: Number(seq), receiveCount: Number(receiveCount) };
  const valid = rest.length === 0 && Number.isSafeInteger(receipt.seq) && Number.isSafeInteger(receipt.receiveCount);
  if (!valid) throw invalidReceiptHandle(handle);
  return receipt;
}
