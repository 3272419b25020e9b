/** A page of a listing, as every list of the API gives it. */
export interface PageOf<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins; undefined when nothing follows. */
  readonly nextCursor: string | undefined;
}
