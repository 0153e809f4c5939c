/**
 * Which variants of the graph a gateway serves, where, and to whom: from its configuration. Without
 * CONTRACTS it is one, at GRAPHQL_PATH, for everybody who has no token or one of JWT_AUDIENCE.
 */
import { extname } from "node:path";
import type { Config } from "./config.ts";

export type ServedContract = {
  readonly variant: string;
  readonly path: string;
  /** Of the tokens that it takes. */
  readonly audience: string | undefined;
  /** Whether nobody is answered without a token. */
  readonly needsToken: boolean;
  /** Where its last good supergraph is kept. */
  readonly keptFile: string;
};

/** `supergraph.json` → `supergraph.partner.json`. */
function fileOf(file: string, variant: string): string {
  const extension = extname(file);
  return `${file.slice(0, file.length - extension.length)}.${variant}${extension}`;
}

/** At least one; the first is the one that is warmed. */
export function servedContracts(config: Config): readonly [ServedContract, ...ServedContract[]] {
  const { CONTRACTS, CONTRACT_AUDIENCES, REGISTRY_KEPT_FILE: keptFile } = config;
  const [first, ...others] = [...CONTRACTS].map(([variant, path]): ServedContract => {
    const own = CONTRACT_AUDIENCES.get(variant);
    return {
      variant,
      path,
      audience: own ?? config.JWT_AUDIENCE,
      needsToken: own !== undefined,
      keptFile: fileOf(keptFile, variant),
    };
  });
  if (first) return [first, ...others];
  const { REGISTRY_VARIANT: variant, GRAPHQL_PATH: path, JWT_AUDIENCE: audience } = config;
  return [{ variant, path, audience, needsToken: false, keptFile }];
}
