/**
 * The places of the merged data that steps of a program stand at, as a tree: `users.@.reviews` is the
 * place `reviews` below the place `users`. Steps with a common beginning walk it once.
 */

export type Place = {
  /** Index among the program's places. */
  readonly index: number;
  readonly parent: Place | undefined;
  /** Response key below the parent; lists on the way are walked through. Empty at the root. */
  readonly key: string;
  /** The places right below, by key. */
  readonly below: Map<string, Place>;
};

/** By the index of a place: where one object hangs in several places of the data. */
export type Sharing = {
  /** Objects at this place were found to be one and the same. */
  readonly at: (boolean | undefined)[];
  /** Different objects at this place hold the same objects. */
  readonly below: (boolean | undefined)[];
};

export type Places = {
  readonly root: Place;
  readonly all: readonly Place[];
  /** @param path A plan's path: "@" stands for every item of a list. */
  readonly at: (path: readonly string[]) => Place;
};

export function createPlaces(): Places {
  const all: Place[] = [];
  const create = (parent: Place | undefined, key: string): Place => {
    const place = { index: all.length, parent, key, below: new Map() };
    parent?.below.set(key, place);
    all.push(place);
    return place;
  };
  const root = create(undefined, "");
  return {
    root,
    all,
    at(path) {
      let place = root;
      for (const key of path) if (key !== "@") place = place.below.get(key) ?? create(place, key);
      return place;
    },
  };
}
