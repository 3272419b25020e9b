/** Captures mails instead of sending them. */
export interface MailCapture {
  /** Resolves with the message id when the mail is durable. */
  capture(mail: PlainMail): Promise<string>;
  /** Forgets every mail to one of the addresses. To be called inside `Journal.write`. */
  forget(addresses: readonly string[]): void;
}

export interface PlainMail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}
