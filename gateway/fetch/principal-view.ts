/**
 * What a subgraph is told of who asks. A partner's subgraph gets little unless an operator approves
 * more: a pairwise pseudonym in place of the id (the term of OpenID Connect Core 1.0, section 8.1), so
 * that two partners cannot put together what they know of one person, and only those scopes which it
 * declares in its SDL and which are approved. Enters: the principal. Leaves: the header's text.
 */
import { createHmac, hkdfSync } from "node:crypto";
import { encodePrincipal, type Principal } from "../../platform/principal.ts";
import type { SubgraphOptionsOf } from "./subgraph-options.ts";

/** The empty string stands for nobody. */
export type PrincipalView = (principal: Principal | undefined) => string;

export type PrincipalTrust = {
  /** "none": the subgraph never learns that anybody is signed in. */
  readonly id: "none" | "pairwise" | "own";
  /** Approved scopes; "all" asks no declaration. */
  readonly scopes: "all" | readonly string[];
  readonly policies: boolean;
  /** Whether it learns which agency a client or a clerk acts for. */
  readonly agency: boolean;
};

export type PrincipalViewOptions = {
  readonly subgraph: string;
  readonly trust: PrincipalTrust;
  /** Master key; without it no principal is sent at all. */
  readonly signingKey: string | undefined;
  /** Scopes that the subgraph's own part of the graph asks for, at this moment. */
  readonly declaredScopes: () => ReadonlySet<string> | undefined;
};

const pseudonymLength = 27;

/** The same for one subject and subgraph at every gateway with this master key; unrelated to any other. */
function createPseudonym(signingKey: string, subgraph: string): (principal: Principal) => string {
  const key = Buffer.from(hkdfSync("sha256", signingKey, "city-graph", `pairwise:${subgraph}`, 32));
  return ({ kind, id }) => {
    const mac = createHmac("sha256", key).update(`${kind}:${id}`).digest("base64url");
    return `pw_${mac.slice(0, pseudonymLength)}`;
  };
}

export function createPrincipalView(options: PrincipalViewOptions): PrincipalView {
  const { subgraph, trust, signingKey, declaredScopes } = options;
  if (signingKey === undefined || trust.id === "none") return () => "";
  const pseudonym = createPseudonym(signingKey, subgraph);
  const approved = trust.scopes === "all" ? undefined : new Set(trust.scopes);

  function view(principal: Principal, declared: ReadonlySet<string> | undefined): Principal {
    const { kind, agencyId } = principal;
    const isShown = (scope: string) => !approved || (approved.has(scope) && declared?.has(scope));
    return {
      kind,
      id: trust.id === "own" ? principal.id : pseudonym(principal),
      scopes: principal.scopes.filter(isShown),
      policies: trust.policies ? principal.policies : [],
      ...(trust.agency && agencyId !== undefined ? { agencyId } : {}),
    };
  }

  // A principal is frozen and serves many fetches; a new supergraph declares anew.
  let texts = new WeakMap<Principal, string>();
  let declared: ReadonlySet<string> | undefined;
  return (principal) => {
    if (!principal) return "";
    const now = declaredScopes();
    if (now !== declared) {
      texts = new WeakMap();
      declared = now;
    }
    const known = texts.get(principal);
    if (known !== undefined) return known;
    const text = encodePrincipal(view(principal, now));
    texts.set(principal, text);
    return text;
  };
}

export type PrincipalViewsOptions = Pick<PrincipalViewOptions, "signingKey"> & {
  readonly optionsOf: SubgraphOptionsOf;
  readonly declaredScopesOf: (subgraph: string) => ReadonlySet<string> | undefined;
};

/** One view a subgraph, made when it is first asked. */
export function createPrincipalViews(
  options: PrincipalViewsOptions,
): (subgraph: string) => PrincipalView {
  const { signingKey, optionsOf, declaredScopesOf } = options;
  const views = new Map<string, PrincipalView>();
  return (subgraph) => {
    const known = views.get(subgraph);
    if (known) return known;
    const { principal: trust } = optionsOf(subgraph);
    const declaredScopes = () => declaredScopesOf(subgraph);
    const view = createPrincipalView({ subgraph, trust, signingKey, declaredScopes });
    views.set(subgraph, view);
    return view;
  };
}
