/**
 * Cache policies of an answer's parts: `extensions.cacheControl`, in the format of Apollo's cache control
 * specification (hints by path), for each root field, and each entity that differs from others. The
 * header can only say what holds for all of them; a gateway that caches part by part reads this as well.
 * When all parts agree nothing is sent.
 */
import type { ApolloServerPlugin } from "@apollo/server";
import type { GraphQLResolveInfo } from "graphql";

/** What Apollo Server adds (@apollo/cache-control-types). */
type Hint = { readonly maxAge?: number; readonly scope?: "PUBLIC" | "PRIVATE" };
type ResolveInfo = GraphQLResolveInfo & { readonly cacheControl: { readonly cacheHint: Hint } };

/** `maxAge` in seconds; infinite where nothing limits it. */
type Policy = { maxAge: number; isPrivate: boolean };

/** A root field, and of a field of entities those with a policy of their own. */
type Part = Policy & { readonly entities: Map<number, Policy> };

export type PartHint = {
  /** `[field]`, or `[_entities, index]`. */
  readonly path: readonly (string | number)[];
  /** Seconds; 0: not to be stored. */
  readonly maxAge: number;
  readonly scope: "PUBLIC" | "PRIVATE";
};

const unlimited = (): Policy => ({ maxAge: Number.POSITIVE_INFINITY, isPrivate: false });

function restrict(policy: Policy, hint: Readonly<Policy>): void {
  policy.maxAge = Math.min(policy.maxAge, hint.maxAge);
  policy.isPrivate ||= hint.isPrivate;
}

function toHint(path: PartHint["path"], { maxAge, isPrivate }: Policy): PartHint {
  const seconds = Number.isFinite(maxAge) ? maxAge : 0;
  return { path, maxAge: seconds, scope: isPrivate ? "PRIVATE" : "PUBLIC" };
}

function hintsOf(parts: ReadonlyMap<string, Part>): readonly PartHint[] {
  const hints = [...parts].flatMap(([key, part]) => [
    toHint([key], part),
    ...[...part.entities].map(([index, own]) => {
      const whole = { ...own };
      restrict(whole, part);
      return toHint([key, index], whole);
    }),
  ]);
  const isSame = hints.every(
    ({ maxAge, scope }) => maxAge === hints[0]?.maxAge && scope === hints[0].scope,
  );
  return isSame ? [] : hints;
}

/** Aliases of it as well: a gateway asks for several kinds of entities at once. */
const isEntities = (key: string): boolean => /^_entities\d*$/.test(key);

/** Works beside Apollo Server's own cache control plugin, which knows each field's policy. */
export function partPolicies<Context extends object>(): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      const parts = new Map<string, Part>();

      function note({ path, cacheControl }: ResolveInfo): void {
        const { maxAge, scope } = cacheControl.cacheHint;
        if (maxAge === undefined && scope === undefined) return;
        let root = path;
        let child: typeof path | undefined;
        for (; root.prev; root = root.prev) child = root;
        const key = String(root.key);
        const part = parts.get(key) ?? { ...unlimited(), entities: new Map<number, Policy>() };
        parts.set(key, part);
        let policy: Policy = part;
        if (typeof child?.key === "number" && isEntities(key)) {
          policy = part.entities.get(child.key) ?? unlimited();
          part.entities.set(child.key, policy);
        }
        restrict(policy, {
          maxAge: maxAge ?? Number.POSITIVE_INFINITY,
          isPrivate: scope === "PRIVATE",
        });
      }

      return {
        async executionDidStart() {
          // At the field's end the other plugin is done with it.
          return {
            willResolveField:
              ({ info }) =>
              () =>
                note(info as unknown as ResolveInfo),
          };
        },
        async willSendResponse({ response: { body } }) {
          if (body.kind !== "single" || body.singleResult.errors) return;
          const hints = hintsOf(parts);
          if (hints.length === 0) return;
          const cacheControl = { version: 1, hints };
          body.singleResult.extensions = { ...body.singleResult.extensions, cacheControl };
        },
      };
    },
  };
}
