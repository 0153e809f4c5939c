/** What the registry answers, as far as its tool tells it. */
export type Candidate = {
  readonly id: number;
  readonly subgraph: string;
  readonly share: number;
  readonly state: string;
  readonly reason: string | null;
};

export type Told = {
  readonly kind?: string;
  readonly id?: number;
  readonly launch?: number;
  readonly findings?: readonly {
    readonly level: string;
    readonly code: string;
    readonly message: string;
    readonly mend: string;
  }[];
  readonly launches?: readonly {
    readonly id: number;
    readonly kind: string;
    readonly subgraph: string;
    readonly launchedAt: string;
    readonly launchedBy: string;
  }[];
  readonly contracts?: readonly {
    readonly name: string;
    readonly include: readonly string[];
    readonly exclude: readonly string[];
    readonly hideUnreachable: boolean;
  }[];
  /** The number of a new one, or the one that is open or was last. */
  readonly candidate?: number | Candidate | null;
  readonly lanes?: readonly {
    readonly lane: string;
    readonly requests: number;
    readonly errors: number;
    readonly errorShare: number;
    readonly p50Ms: number | null;
    readonly p95Ms: number | null;
  }[];
  readonly verdict?: { readonly kind: string; readonly message: string };
  readonly error?: { readonly code: string; readonly message: string };
};
