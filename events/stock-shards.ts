/**
 * The most rows that a product's stock may be spread over, its own included. A transaction over all of them, with a
 * note and a record, stays far below DynamoDB's 100 actions. Here, because service, command and page all ask for it.
 */
export const MAX_SHARDS = 32;
