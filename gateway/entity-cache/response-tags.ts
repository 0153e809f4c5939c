/**
 * Tags that a subgraph gives in the answer itself, beside those of its schema, as Apollo Router reads them:
 * `extensions.apolloCacheTags`, a list for all root fields of the answer, and
 * `extensions.apolloEntityCacheTags`, a list of tags for each representation, in their order.
 */
import { isFailure } from "../execution/ask-subgraph.ts";
import type { Asked } from "./question.ts";
import { customTag } from "./tags.ts";

/** With more of them an answer is not stored: the book of invalidations would grow without bound. */
const mostTags = 64;
const longestTag = 800;

const isTag = (tag: unknown): tag is string =>
  typeof tag === "string" && tag.length > 0 && tag.length <= longestTag;

/** By the index of the question; undefined: do not store it, its tags cannot be kept. */
export type ResponseTags = (index: number) => readonly string[] | undefined;

const none: ResponseTags = () => [];

/** @param count Of questions in the request, in the order of their representations. */
export function responseTagsOf(
  { result }: Asked,
  subgraph: string,
  count: number,
  areEntities: boolean,
): ResponseTags {
  if (isFailure(result)) return none;
  const { extensions } = result;
  const given = extensions?.[areEntities ? "apolloEntityCacheTags" : "apolloCacheTags"];
  if (given === undefined) return none;
  if (!Array.isArray(given)) return () => undefined;
  // A list that does not fit says nothing about which entity is meant: each of them may be.
  const own = areEntities && given.length === count ? given : undefined;
  const all: readonly unknown[] = given.flat();
  return (index) => {
    const tags: readonly unknown[] = own ? [own[index] ?? []].flat() : all;
    if (tags.length > mostTags || !tags.every(isTag)) return undefined;
    return tags.map((tag) => customTag(subgraph, tag));
  };
}
