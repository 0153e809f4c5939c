/** What a caller of the registry did wrong: a stable code, the HTTP status, and a sentence with the mend. */

/** Code → HTTP status. docs/registry.md lists them, and a test compares. */
export const registryErrors = {
  BAD_REQUEST: 400,
  CREDENTIAL_UNKNOWN: 401,
  NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  NOTHING_TO_ROLL_BACK: 409,
  CONTRACT_BROKEN: 409,
  CANDIDATE_OPEN: 409,
  NO_CANDIDATE: 409,
  BODY_TOO_LARGE: 413,
  CHECKS_FAILED: 422,
} as const;

export type RegistryErrorCode = keyof typeof registryErrors;

export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly code: RegistryErrorCode;
  constructor(code: RegistryErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
