import type { Rule } from './rule.ts';

/** `customer-erasure.ts`, E3: it is over when the record says so, and nobody writes of the person after it. */
export const erasedAreForgotten: Rule = {
  id: 'X9',
  says: 'of a customer who was erased there is no name, no address and no basket',
  when: 'always',
  *findings({ snapshot: { people } }) {
    if (people === undefined) return;
    const erased = new Set(people.erased);
    for (const { place, customerId, key } of people.traces) {
      if (erased.has(customerId)) yield { keys: { place, key }, because: `${customerId} was erased`, rows: [] };
    }
  },
};
