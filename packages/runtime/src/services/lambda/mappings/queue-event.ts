import type { MessageAttribute, ReceivedMessage } from '../../shared/ports/queues.ts';

/** The event that Lambda makes of messages, as JSON text. */
export function queueEvent(messages: readonly ReceivedMessage[], queueArn: string, region: string): string {
  return JSON.stringify({ Records: messages.map((message) => queueRecord(message, queueArn, region)) });
}

function queueRecord(message: ReceivedMessage, queueArn: string, region: string): object {
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: message.attributes,
    messageAttributes: Object.fromEntries(
      Object.entries(message.messageAttributes).map(([name, attribute]) => [name, attributeRecord(attribute)]),
    ),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

function attributeRecord(attribute: MessageAttribute): object {
  return {
    ...(attribute.StringValue !== undefined && { stringValue: attribute.StringValue }),
    ...(attribute.BinaryValue !== undefined && { binaryValue: attribute.BinaryValue }),
    stringListValues: [],
    binaryListValues: [],
    dataType: attribute.DataType,
  };
}
