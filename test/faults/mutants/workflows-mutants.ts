import type { Mutant } from './mutant.ts';

const SAGA = 'workflows/order-saga.asl.json';

/** Bugs in the order of the steps. */
export const WORKFLOWS_MUTANTS: readonly Mutant[] = [
  {
    name: 'workflow: charge without a hold',
    file: SAGA,
    search: '"Output": {},\n      "Next": "Reserve inventory"',
    replace: passingOver('Reserve inventory', 'Charge payment'),
  },
  {
    name: 'workflow: cancel without compensation',
    file: SAGA,
    search: '"Output": {},\n      "Next": "Compensate"',
    replace: passingOver('Compensate', 'Cancel order'),
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
  givingUp('refund'),
  givingUp('release'),
];

// What a bug goes past stays within reach by a way that is never taken: else the machine would not be created.

/** A step that fails counts as done. */
function givingUp(step: 'refund' | 'release'): Mutant {
  const assign = `"Assign": {\n                    "${step}Failure": "{% $states.errorOutput %}"\n                  },`;
  const caught = `"ErrorEquals": ["States.ALL"],\n                  ${assign}\n                  "Next": `;
  const wait = `"Await ${step} decision"`;
  const resolved = step === 'refund' ? '"Refund resolved"' : '"Release resolved"';
  return {
    name: `workflow: a ${step} that fails is given up`,
    file: SAGA,
    search: `${caught}${wait}`,
    replace: `"ErrorEquals": ["Never"], "Next": ${wait} }, { ${caught}${resolved}`,
  };
}

/** The end of a state that goes on past `step`. */
function passingOver(step: string, next: string): string {
  const never = `{ "Condition": "{% $states.context.Execution.Name = '' %}", "Next": "${step}" }`;
  const question = `"Never?": { "Type": "Choice", "Choices": [${never}], "Default": "${next}"`;
  return `"Output": {},\n      "Next": "Never?"\n    },\n    ${question}`;
}
