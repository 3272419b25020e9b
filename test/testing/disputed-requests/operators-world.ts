import { anOrderId } from '../builders.ts';

/** One teapot of 39.00 and four cups of 8.50: the first confirmed, the second shipped in two parcels, the cups first. */
export const CONFIRMED_ORDER = anOrderId(1);
export const SHIPPED_ORDER = anOrderId(2);

export const INTEGERS = 'units are whole and at least one';
export const NOT_READ = 'what is not read must not look as if it was';
export const ONE_MEANING = 'two ways to say it, and they need not agree';
