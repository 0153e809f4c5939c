/**
 * What is to be invalidated, in the shape that Apollo Router's `POST /invalidation` takes (kinds
 * `subgraph`, `type`, `cache_tag`), and kinds of our own, `entity` and `everything`. Mutations of subgraphs say the same
 * in `extensions.invalidation` of their answer, and events in their stream.
 */
import { z } from "zod";
import { everythingTag } from "../cache/invalidation-book.ts";
import type { CacheSchema } from "./cache-schema.ts";
import { anyEntityTag, customTag, entityTag, subgraphTag, typeTag } from "./tags.ts";

const name = z.string().min(1).max(256);
const keyValue = z.union([z.string().max(1_000), z.number(), z.boolean()]);

const invalidation = z.discriminatedUnion("kind", [
  /** For operators only: subgraphs speak of their own data. */
  z.strictObject({ kind: z.literal("everything") }),
  z.strictObject({ kind: z.literal("subgraph"), subgraph: name }),
  z.strictObject({ kind: z.literal("type"), subgraph: name, type: name }),
  z.strictObject({
    kind: z.literal("cache_tag"),
    subgraphs: z.array(name).min(1).max(100).readonly(),
    cache_tag: z.string().min(1).max(800),
  }),
  z.strictObject({
    kind: z.literal("entity"),
    subgraph: name,
    type: name,
    /** The fields of one `@key`. */
    key: z.record(z.string(), z.union([keyValue, z.record(z.string(), z.unknown())])),
  }),
]);

export const invalidationRequest = z.array(invalidation).min(1).max(1_000);

export type Invalidation = z.infer<typeof invalidation>;

/** Everything that one invalidation is to reach. */
export function tagsToInvalidate(
  { relativesOf }: Pick<CacheSchema, "relativesOf">,
  request: Invalidation,
): readonly string[] {
  switch (request.kind) {
    case "everything":
      return [everythingTag];
    case "subgraph":
      return [subgraphTag(request.subgraph)];
    case "type":
      return relativesOf(request.type).map((type) => typeTag(request.subgraph, type));
    case "cache_tag":
      return request.subgraphs.map((subgraph) => customTag(subgraph, request.cache_tag));
    case "entity": {
      const { subgraph, key } = request;
      const form = Object.keys(key).toSorted().join(" ");
      return relativesOf(request.type).flatMap((type) => [
        entityTag(subgraph, type, key),
        anyEntityTag(subgraph, type, form),
      ]);
    }
    default:
      return request satisfies never;
  }
}
