import { tellReturn } from './platform/bank-return.ts';

// The provider appends what identifies the payment: it does not stay in the address or in the history.
history.replaceState(null, '', location.pathname);
tellReturn();
