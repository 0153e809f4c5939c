/**
 * Who asks the registry for something, and what they may. Made from a credential by credentials.ts;
 * the rules here have no input but the actor.
 */
import { RegistryError } from "./errors.ts";

export type Actor =
  | { readonly kind: "operator"; readonly id: string; readonly label: string }
  | { readonly kind: "gateway"; readonly id: string; readonly label: string }
  | {
      readonly kind: "agency";
      readonly id: string;
      readonly label: string;
      readonly agency: string;
      readonly subgraphs: readonly string[];
    };

/** How the audit trail and the launches name an actor. */
export const nameOf = ({ kind, id, label }: Actor): string => `${kind} ${label} (${id})`;

/** @throws RegistryError FORBIDDEN */
export function mustOperate(actor: Actor): void {
  if (actor.kind === "operator") return;
  throw new RegistryError("FORBIDDEN", "Only an operator of the registry may do this.");
}

/** Operators may publish for everybody, an agency for the subgraphs of its credential. @throws RegistryError FORBIDDEN */
export function mustPublish(actor: Actor, subgraphs: readonly string[]): void {
  if (actor.kind === "operator") return;
  const reached = actor.kind === "agency" ? actor.subgraphs : [];
  const foreign = subgraphs.filter((name) => !reached.includes(name));
  if (foreign.length === 0) return;
  const may = reached.length > 0 ? `it reaches ${reached.join(", ")}` : "it reaches no subgraph";
  throw new RegistryError(
    "FORBIDDEN",
    `This credential does not reach ${foreign.map((name) => `"${name}"`).join(", ")}: ${may}. Ask the operator for one that does, if the subgraph is your agency's.`,
  );
}

/** @throws RegistryError FORBIDDEN */
export function mustSpeakFor(actor: Actor, agency: string): void {
  if (actor.kind === "operator") return;
  if (actor.kind === "agency" && actor.agency === agency) return;
  throw new RegistryError("FORBIDDEN", `Only "${agency}" itself or an operator may do this.`);
}

/** @throws RegistryError FORBIDDEN */
export function mustFollow(actor: Actor): void {
  if (actor.kind !== "agency") return;
  throw new RegistryError(
    "FORBIDDEN",
    "Supergraphs are for gateways: ask with a gateway's credential.",
  );
}
