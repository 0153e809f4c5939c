/** What the gateway sends is answered: for nobody, for somebody, and as often as it comes. */
import type { Principal } from "../../platform/principal.ts";
import { type Check, failed, passed } from "../check.ts";
import { describe } from "../subject.ts";
import { needsKey } from "./signature.ts";

const principals: readonly (Principal | undefined)[] = [
  undefined,
  { kind: "person", id: "conformance-person", scopes: ["a:read", "b:write"], policies: [] },
  { kind: "agency", id: "agency-x", scopes: [], policies: ["clerk"], agencyId: "x" },
];

export const signatureRight: Check = {
  name: "signature-right",
  rule: "A request that is signed as the gateway signs is answered, whoever is signed in.",
  async run({ key, ask, probe }) {
    if (!key) return needsKey;
    for (const principal of principals) {
      const answer = await ask({ ...probe, principal });
      if (answer.status === 200 && answer.json?.data != null) continue;
      return failed(
        `signed for ${principal?.kind ?? "nobody"}: ${describe(answer)}`,
        "Compare your signature base with the one in docs/partner-agency.md line by line; is the key the one of this subgraph, decoded from base64url?",
      );
    }
    return passed("answered for nobody, a person and an agency");
  },
};
