/** Who may change which subgraph, and who may read what is live of all. */
import type { Actor } from "./credentials.ts";
import { RegistryError } from "./errors.ts";

/**
 * An operator all, an agency those of its credential, a gateway none.
 * @throws RegistryError NOT_ALLOWED
 */
export function mayChange(actor: Actor, subgraph: string): void {
  if (actor.kind === "operator") return;
  if (actor.kind === "agency" && actor.subgraphs.includes(subgraph)) return;
  const scope = actor.kind === "agency" ? actor.subgraphs.join(", ") : "reading";
  throw new RegistryError(
    "NOT_ALLOWED",
    `This credential is for ${scope}, not for "${subgraph}": ask the city's operator to widen it.`,
  );
}

/** Whose credentials may read the SDLs of other agencies; operators always may. */
export type SdlReaders = "agencies" | "operators";

/**
 * Gateways never: they need the supergraph alone.
 * @throws RegistryError NOT_ALLOWED
 */
export function mayReadSdls(actor: Actor, readers: SdlReaders): void {
  if (actor.kind === "operator") return;
  if (actor.kind === "agency" && readers === "agencies") return;
  throw new RegistryError(
    "NOT_ALLOWED",
    actor.kind === "agency"
      ? "In this city only operators read the SDLs of all agencies (REGISTRY_SDL_TO): ask the city's operator for them."
      : "The SDLs are for agencies and operators: a gateway reads GET /supergraph.",
  );
}
