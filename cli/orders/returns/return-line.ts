import { InvalidArgumentError } from 'commander';

export type Disposition = 'RESTOCK' | 'WRITE_OFF';

/** Units that come back, as the shop's API takes them. */
export interface LineToReturn {
  readonly sku: string;
  readonly quantity: number;
  readonly disposition: Disposition;
  /** Less than their price, in minor units. */
  readonly refundMinor?: number;
}

const LINE = /^(?<sku>[A-Za-z0-9][A-Za-z0-9._-]*)=(?<quantity>[1-9]\d{0,3})(?:@(?<refund>\d{1,9}))?$/;

/** For commander: collects lines such as `CUP-WHITE=2`, or `CUP-WHITE=2@1000` for a refund of 10.00 in all. */
export function linesOf(disposition: Disposition) {
  return (text: string, lines: readonly LineToReturn[] = []): readonly LineToReturn[] => {
    const { sku, quantity, refund } = LINE.exec(text)?.groups ?? {};
    if (sku === undefined)
      throw new InvalidArgumentError('expected SKU=UNITS or SKU=UNITS@REFUND, such as CUP-WHITE=2@1000');
    const line = { sku, quantity: Number(quantity), disposition };
    return [...lines, refund === undefined ? line : { ...line, refundMinor: Number(refund) }];
  };
}
