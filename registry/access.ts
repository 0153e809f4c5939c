/** Who may change which subgraph: an operator all, an agency those of its credential, a gateway none. */
import type { Actor } from "./credentials.ts";
import { RegistryError } from "./errors.ts";

/** @throws RegistryError NOT_ALLOWED */
export function mayChange(actor: Actor, subgraph: string): void {
  if (actor.kind === "operator") return;
  if (actor.kind === "agency" && actor.subgraphs.includes(subgraph)) return;
  const scope = actor.kind === "agency" ? actor.subgraphs.join(", ") : "reading";
  throw new RegistryError(
    "NOT_ALLOWED",
    `This credential is for ${scope}, not for "${subgraph}": ask the city's operator to widen it.`,
  );
}
