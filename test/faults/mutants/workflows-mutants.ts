import type { Mutant } from './mutant.ts';

const SAGA = 'workflows/order-saga.asl.json';

/** Bugs in the order of the steps. */
export const WORKFLOWS_MUTANTS: readonly Mutant[] = [
  {
    name: 'workflow: charge without a hold',
    file: SAGA,
    search: '"Output": {},\n      "Next": "Reserve inventory"',
    replace: '"Output": {},\n      "Next": "Charge payment"',
  },
  {
    name: 'workflow: cancel without compensation',
    file: SAGA,
    search: '"Output": {},\n      "Next": "Compensate"',
    replace: '"Output": {},\n      "Next": "Cancel order"',
  },
  {
    name: 'workflow: compensation begins before the order is stopped',
    file: SAGA,
    search:
      '"failedStep": "Confirm order",\n            "chargeAttempted": true\n          },\n          "Next": "Stop order"',
    replace:
      '"failedStep": "Confirm order",\n            "chargeAttempted": true,\n            "reason": "INTERNAL_ERROR"\n          },\n          "Next": "Compensate"',
  },
  {
    name: 'workflow: no charge is believed to have been attempted',
    file: SAGA,
    search:
      '"ErrorEquals": ["States.ALL"],\n          "Assign": {\n            "failure": "{% $states.errorOutput %}",\n            "failedStep": "Charge payment",\n            "chargeAttempted": true',
    replace:
      '"ErrorEquals": ["States.ALL"],\n          "Assign": {\n            "failure": "{% $states.errorOutput %}",\n            "failedStep": "Charge payment",\n            "chargeAttempted": false',
  },
  {
    name: 'workflow: a refund that fails is given up',
    file: SAGA,
    search:
      '"refundFailure": "{% $states.errorOutput %}"\n                  },\n                  "Next": "Await refund decision"',
    replace:
      '"refundFailure": "{% $states.errorOutput %}"\n                  },\n                  "Next": "Refund resolved"',
  },
  {
    name: 'workflow: a release that fails is given up',
    file: SAGA,
    search:
      '"releaseFailure": "{% $states.errorOutput %}"\n                  },\n                  "Next": "Await release decision"',
    replace:
      '"releaseFailure": "{% $states.errorOutput %}"\n                  },\n                  "Next": "Release resolved"',
  },
];
