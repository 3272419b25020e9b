import type { History } from './histories.ts';

type Story = History['customers'][number];
type Seconds = number | undefined;

/** Histories that once broke a rule, named by what they need to come to their end. */
export const KEPT_HISTORIES: Readonly<Record<string, History>> = {
  'two customers under a tenth of trouble end, one stopped by its customer': {
    stock: { A: 1, B: 0, C: 3 },
    customers: [
      story({ A: 1, C: 1, B: 2 }, 'pm_card_visa', [900, 100, 899]),
      story({ A: 2, C: 1 }, 'pm_card_threeDSecure2Required', [901, undefined, 100]),
    ],
    troubleSeed: 999_992,
    trouble: 0.1,
  },
  'a checkout that five attempts did not start ends with the redrive of its dead letter': alone(2),
  'a broken execution that three attempts did not park ends with the redrive of its dead letter': alone(86),
  'a start that is throttled and answers at length comes again': alone(91),
  'a refund that was made and may not be noted is parked with what is open at most': alone(259),
  'so is one beside a workflow that was hard to tell of the charge': alone(366),
  'so is one whose answer was not remembered either': alone(504),
  'so is one of a charge that was hard to make': alone(612),
  'so is one beside a release that is parked too': alone(839),
  'a late copy of an old attempt to park does not keep the decision from the attempt that waits': {
    stock: { A: 1, B: 2, C: 0 },
    customers: [
      story({ C: 1 }, 'pm_card_chargeDeclined', [1, 1000, undefined], 899),
      story({ C: 1 }, 'pm_card_visa', [1, 1000, 1000]),
      story({ A: 2, C: 2, B: 2 }, 'pm_card_chargeDeclined', [1000, 0, undefined], 899, 1),
      story({ A: 1, C: 1 }, 'pm_card_visa', [1000, 899, undefined], 899, 901),
      story({ A: 1, B: 1 }, 'pm_card_chargeDeclined', [1000, 100, undefined], 1000),
      story({ B: 2, A: 2 }, 'pm_card_visa', [0, 901, 899], 900),
      story({ B: 2, C: 2 }, 'pm_card_visa', [899, undefined, 5]),
    ],
    troubleSeed: 462_908,
    trouble: 0.1,
  },
  'a release that is parked before its refund succeeds lists no money': {
    stock: { A: 2, B: 3, C: 3 },
    customers: [
      story({ C: 2, B: 1 }, 'pm_card_chargeDeclined', [100, 1, undefined]),
      story({ A: 2 }, 'pm_card_threeDSecure2Required', [100, 1, 900], 100),
      story({ C: 1 }, 'pm_card_threeDSecure2Required', [5, 5, 5], 5),
      story({ C: 1, B: 2 }, 'pm_card_visa', [5, 899, 5], 1000),
      story({ B: 1, A: 2 }, 'pm_card_threeDSecure2Required', [100, 901, 1000]),
      story({ B: 1, C: 2 }, 'pm_card_chargeDeclined', [30, 901, 100], 0),
      story({ B: 1 }, 'pm_card_chargeDeclined', [1000, 1000, 0], 1, 899),
    ],
    troubleSeed: 11,
    trouble: 0.1,
  },
};

/** One customer with a good card in a tenth of trouble. */
function alone(troubleSeed: number): History {
  const customer = story({ A: 1 }, 'pm_card_visa', [0, undefined, undefined]);
  return { stock: { A: 1, B: 0, C: 0 }, customers: [customer], troubleSeed, trouble: 0.1 };
}

function story(
  lines: Readonly<Record<string, number>>,
  card: Story['card'],
  [checksOutAfterS, confirmsAfterS, cancelsAfterS]: readonly [number, Seconds, Seconds],
  ...copiesAfterS: readonly number[]
): Story {
  return { lines, card, checksOutAfterS, confirmsAfterS, cancelsAfterS, copiesAfterS };
}
