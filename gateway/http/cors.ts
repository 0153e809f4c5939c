/**
 * Cross-origin resource sharing (Fetch standard, "CORS protocol"): which pages of other origins may
 * read the graph. In: the `Origin` header; out: response headers. Nothing is allowed by default.
 */

export type CorsOptions = {
  /** `https://app.example` each, without a path; `["*"]` allows every page. Default: none. */
  readonly origins: readonly string[];
  /** Default: GET, POST, and for streams PUT, DELETE. */
  readonly methods: readonly string[];
  /** Request headers a page may set. Default: those that the gateway reads. */
  readonly requestHeaders: readonly string[];
  /** Response headers a page may read. Default: x-request-id. */
  readonly exposedHeaders: readonly string[];
  /** How long a browser keeps the preflight's answer. Default: 3 600 s; browsers cap it. */
  readonly maxAgeSeconds: number;
  /** Let browsers send cookies along. Default: false; the graph itself reads none. */
  readonly credentials: boolean;
};

export type Cors = {
  readonly isAllowed: (origin: string) => boolean;
  /** True when answers differ by origin, so that caches must be told. */
  readonly varies: boolean;
  /** Headers of an answer to this origin; none when it is not allowed. */
  readonly headersFor: (origin: string | undefined) => Readonly<Record<string, string>>;
  readonly preflightHeadersFor: (origin: string | undefined) => Readonly<Record<string, string>>;
};

const defaults: CorsOptions = {
  origins: [],
  methods: ["GET", "POST", "PUT", "DELETE"],
  requestHeaders: [
    "content-type",
    "authorization",
    "x-request-id",
    "apollo-require-preflight",
    "x-apollo-operation-name",
    "apollographql-client-name",
    "apollographql-client-version",
    "graphql-client-name",
    "graphql-client-version",
    "x-graphql-event-stream-token",
    "city-graph-preview",
  ],
  exposedHeaders: ["x-request-id"],
  maxAgeSeconds: 3_600,
  credentials: false,
};

function checkOrigin(origin: string): void {
  if (origin === "*" || URL.parse(origin)?.origin === origin) return;
  throw new TypeError(
    `The CORS origin "${origin}" must read scheme://host or scheme://host:port in lower case, with no path and no default port, or be *.`,
  );
}

/** @throws TypeError when an origin is not one, or when `*` is combined with credentials. */
export function createCors(options: Partial<CorsOptions> = {}): Cors {
  const { origins, credentials, ...rest } = { ...defaults, ...options };
  for (const origin of origins) checkOrigin(origin);
  const everyOrigin = origins.includes("*");
  if (everyOrigin && credentials) {
    throw new TypeError(
      "CORS with credentials needs a list of origins: * would let every page act as its visitor.",
    );
  }
  const listed = new Set(origins);
  const isAllowed = (origin: string) => everyOrigin || listed.has(origin);

  function headersFor(origin: string | undefined): Readonly<Record<string, string>> {
    if (origin === undefined || !isAllowed(origin)) return {};
    return {
      "access-control-allow-origin": everyOrigin ? "*" : origin,
      ...(credentials ? { "access-control-allow-credentials": "true" } : {}),
      ...(rest.exposedHeaders.length > 0
        ? { "access-control-expose-headers": rest.exposedHeaders.join(", ") }
        : {}),
    };
  }

  return {
    isAllowed,
    varies: !everyOrigin && origins.length > 0,
    headersFor,
    preflightHeadersFor(origin) {
      if (origin === undefined || !isAllowed(origin)) return {};
      const { "access-control-expose-headers": _notHere, ...common } = headersFor(origin);
      return {
        ...common,
        "access-control-allow-methods": rest.methods.join(", "),
        "access-control-allow-headers": rest.requestHeaders.join(", "),
        "access-control-max-age": String(rest.maxAgeSeconds),
      };
    },
  };
}
