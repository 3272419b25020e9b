/**
 * AWS's bounds on one evaluation. The time is documented ("Transforming data with JSONata", error handling); depth and
 * memory were measured on AWS: `1+1+…` evaluates with 100 terms and not with 101, `[1..873782]` and a string of 2^22
 * characters evaluate, one element and one doubling more do not, `$range` gives up to 360,145 numbers
 * (github.com/floci-io/floci, issues 2737 and 2783).
 */
export const MAX_EVALUATION_MS = 1000;
export const MAX_EVALUATION_DEPTH = 100;
/** Of one value, with 8 bytes a number and one a character. */
export const MAX_VALUE_BYTES = 6_990_256;
export const MAX_SEQUENCE_LENGTH = 873_782;
export const MAX_RANGE_LENGTH = 360_145;

export const BYTES_PER_NUMBER = 8;
