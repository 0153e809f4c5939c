/** Whether a request asks how it was carried out, and may: operators, or whoever the configuration says. */
import type { IncomingHttpHeaders } from "node:http";
import type { Principal } from "../../platform/principal.ts";

export const explainHeader = "city-graph-explain";

export type ExplainTo = "operators" | "everybody" | "nobody";

export function mayExplain(
  headers: IncomingHttpHeaders,
  principal: Principal | undefined,
  to: ExplainTo,
): boolean {
  if (headers[explainHeader] === undefined || to === "nobody") return false;
  return to === "everybody" || principal?.kind === "operator";
}
