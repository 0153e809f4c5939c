/**
 * The one table of error codes that a client of the graph can meet, with the HTTP status that a
 * refused request gets and whether the same request may succeed later. docs/errors.md lists the
 * same codes; a test compares the two.
 */
import { GraphQLError, type GraphQLErrorOptions } from "graphql";

export const errorCodes = {
  BAD_REQUEST: { httpStatus: 400, retryable: false },
  GRAPHQL_PARSE_FAILED: { httpStatus: 400, retryable: false },
  GRAPHQL_VALIDATION_FAILED: { httpStatus: 400, retryable: false },
  BAD_USER_INPUT: { httpStatus: 400, retryable: false },
  OPERATION_RESOLUTION_FAILURE: { httpStatus: 400, retryable: false },
  PERSISTED_QUERY_NOT_FOUND: { httpStatus: 200, retryable: false },
  PERSISTED_QUERY_NOT_SUPPORTED: { httpStatus: 200, retryable: false },
  DEPTH_LIMIT_EXCEEDED: { httpStatus: 400, retryable: false },
  ALIAS_LIMIT_EXCEEDED: { httpStatus: 400, retryable: false },
  ROOT_FIELD_LIMIT_EXCEEDED: { httpStatus: 400, retryable: false },
  TOKEN_LIMIT_EXCEEDED: { httpStatus: 400, retryable: false },
  DIRECTIVE_LIMIT_EXCEEDED: { httpStatus: 400, retryable: false },
  SELECTION_LIMIT_EXCEEDED: { httpStatus: 400, retryable: false },
  INTROSPECTION_DISABLED: { httpStatus: 400, retryable: false },
  UNPLANNABLE: { httpStatus: 400, retryable: false },
  CSRF_REFUSED: { httpStatus: 403, retryable: false },
  UNAUTHENTICATED: { httpStatus: 401, retryable: false },
  WRONG_CONTRACT: { httpStatus: 403, retryable: false },
  FORBIDDEN: { httpStatus: 403, retryable: false },
  NO_CANDIDATE: { httpStatus: 404, retryable: false },
  NOT_FOUND: { httpStatus: 404, retryable: false },
  METHOD_NOT_ALLOWED: { httpStatus: 405, retryable: false },
  NOT_ACCEPTABLE: { httpStatus: 406, retryable: false },
  REQUEST_TIMEOUT: { httpStatus: 504, retryable: true },
  BODY_TOO_LARGE: { httpStatus: 413, retryable: false },
  UNSUPPORTED_MEDIA_TYPE: { httpStatus: 415, retryable: false },
  IDEMPOTENCY_KEY_REUSED: { httpStatus: 409, retryable: false },
  TOO_MANY_SUBSCRIPTIONS: { httpStatus: 429, retryable: true },
  STREAM_CONFLICT: { httpStatus: 409, retryable: false },
  SUBSCRIPTION_SCHEMA_RELOAD: { httpStatus: 200, retryable: true },
  SUBSCRIPTION_NEEDS_STREAM: { httpStatus: 406, retryable: false },
  INTERNAL_SERVER_ERROR: { httpStatus: 500, retryable: true },
  SHUTTING_DOWN: { httpStatus: 503, retryable: true },
  SUBGRAPH_UNAVAILABLE: { httpStatus: 200, retryable: true },
  SUBGRAPH_TIMEOUT: { httpStatus: 200, retryable: true },
  SUBGRAPH_OVERLOADED: { httpStatus: 200, retryable: true },
  SUBGRAPH_INVALID_RESPONSE: { httpStatus: 200, retryable: true },
  DOWNSTREAM_SERVICE_ERROR: { httpStatus: 200, retryable: false },
} as const satisfies Record<string, { httpStatus: number; retryable: boolean }>;

export type ErrorCode = keyof typeof errorCodes;

/** A GraphQL error with one of our codes; `options.extensions` adds to it. */
export function graphError(
  code: ErrorCode,
  message: string,
  options: GraphQLErrorOptions = {},
): GraphQLError {
  return new GraphQLError(message, { ...options, extensions: { code, ...options.extensions } });
}

const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === "string" && Object.hasOwn(errorCodes, code);

/** The status of a request that was refused whole because of this error. */
export function httpStatusOf(code: unknown): number {
  return isErrorCode(code) ? errorCodes[code].httpStatus : 500;
}
