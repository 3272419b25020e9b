import type { Mutant } from './mutant.ts';

const SAGA = 'workflows/order-saga.asl.json';
const ANYTHING = '"ErrorEquals": ["States.ALL"],\n          ';
const GAVE_UP = '"Assign": {\n            "releaseGaveUp": true\n          },\n          ';

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
    search: '"Output": {},\n      "Next": "Release inventory"',
    replace: passingOver('Release inventory', 'Cancel order'),
  },
  {
    name: 'workflow: compensation begins before the order is stopped',
    file: SAGA,
    search:
      '"failedStep": "Confirm order",\n            "chargeAttempted": true\n          },\n          "Next": "Stop order"',
    replace:
      '"failedStep": "Confirm order",\n            "chargeAttempted": true,\n            "reason": "INTERNAL_ERROR",\n            "releaseGaveUp": false\n          },\n          "Next": "Release inventory"',
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
    name: 'workflow: a release that gave up is not tried again',
    file: SAGA,
    search: `${ANYTHING}${GAVE_UP}"Next": "Refund payment meanwhile"`,
    replace: `${neverTo('Refund payment meanwhile')}${ANYTHING}${GAVE_UP}"Next": "Refund payment"`,
  },
  {
    name: 'workflow: a release that gave up waits for its operator before the refund is made',
    file: SAGA,
    search: `${GAVE_UP}"Next": "Refund payment meanwhile"`,
    replace: `${GAVE_UP}"Next": "Release inventory again"`,
  },
  {
    name: 'workflow: money that was settled by hand ends the order, whatever is held',
    file: SAGA,
    search: '"Condition": "{% $releaseGaveUp %}"',
    replace: '"Condition": "{% false %}"',
  },
  {
    name: 'workflow: money that was settled by hand is refunded again',
    file: SAGA,
    search: '"Condition": "{% $states.input.decision = \'retry\' and $releaseGaveUp %}"',
    replace: '"Condition": "{% $releaseGaveUp %}"',
  },
  givingUp('refund', { wait: 'Await refund decision', next: 'Cancel order' }),
  givingUp('refund', { wait: 'Await refund decision', next: 'Release inventory again' }),
  givingUp('release', { wait: 'Await release decision', next: 'Cancel order' }),
];

// What a bug goes past stays within reach by a way that is never taken: else the machine would not be created.

/** A step that fails counts as done. */
function givingUp(
  step: 'refund' | 'release',
  { wait, next }: { readonly wait: string; readonly next: string },
): Mutant {
  const failure = `"Assign": {\n            "${step}Failure": "{% $states.errorOutput %}"\n          },\n          `;
  const end = `\n        }\n      ],\n      "Output": {},\n      "Next": "${next}"`;
  return {
    name: `workflow: a ${step} before “${next}” that fails is given up`,
    file: SAGA,
    search: `${ANYTHING}${failure}"Next": "${wait}"${end}`,
    replace: `${neverTo(wait)}${ANYTHING}${failure}"Next": "${next}"${end}`,
  };
}

/** A catcher of what is never thrown. */
function neverTo(state: string): string {
  return `"ErrorEquals": ["Never"], "Next": "${state}" }, { `;
}

/** The end of a state that goes on past `step`. */
function passingOver(step: string, next: string): string {
  const never = `{ "Condition": "{% $states.context.Execution.Name = '' %}", "Next": "${step}" }`;
  const question = `"Never?": { "Type": "Choice", "Choices": [${never}], "Default": "${next}"`;
  return `"Output": {},\n      "Next": "Never?"\n    },\n    ${question}`;
}
