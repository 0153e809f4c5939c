/** The registry's configuration, read from the environment at once. */
import { z } from "zod";
import { readEnv, Secret } from "../platform/env.ts";

const schema = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4100),
  /** PostgreSQL; without it the data lives in an embedded PGlite. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** Where PGlite keeps its files; without it, in memory. */
  DATA_DIR: z.string().optional(),
  REGISTRY_OPERATOR_KEY: z
    .string({ error: "is missing: choose 32 characters or more, e.g. by `openssl rand -hex 32`" })
    .regex(
      /^[\x21-\x7e]{32,500}$/,
      "must have 32 to 500 characters, printable ASCII without spaces",
    )
    .transform((value) => new Secret(value)),
  /** Seed of the Ed25519 key that signs supergraphs. */
  REGISTRY_SIGNING_KEY: z
    .string({
      error:
        "is missing: 32 random bytes in base64url, e.g. by `openssl rand -base64 32 | tr '+/' '-_' | tr -d =`",
    })
    .regex(/^[A-Za-z0-9_-]{43}$/, "must be 32 bytes in base64url")
    .transform((value) => new Secret(value)),
  /** Days without use after which a field may go. */
  REGISTRY_USE_WINDOW_DAYS: z.coerce.number().int().min(1).max(730).default(30),
  LOG_LEVEL: z.enum(["silent", "fatal", "error", "warn", "info", "debug", "trace"]).default("info"),
});

export type RegistryConfig = Readonly<z.infer<typeof schema>>;

/** @throws ConfigError that lists every wrong variable with its reason. */
export const readRegistryConfig = (env: NodeJS.ProcessEnv): RegistryConfig => readEnv(schema, env);
