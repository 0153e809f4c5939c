/**
 * What any step of the transport throws to end a request before it is executed: one of the codes of
 * gateway/errors.ts, a message for the client, and the headers that belong to the status.
 */
import { type ErrorCode, httpStatusOf } from "../errors.ts";

export type RefusalOptions = {
  /** Where one code has more than one status; default: the status of the table. */
  readonly httpStatus?: number;
  readonly headers?: Readonly<Record<string, string>>;
};

export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: ErrorCode;
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;

  /** @param message Goes to the client as it is: what was wrong and how to mend it. */
  constructor(code: ErrorCode, message: string, options: RefusalOptions = {}) {
    super(message);
    this.code = code;
    this.httpStatus = options.httpStatus ?? httpStatusOf(code);
    this.headers = options.headers ?? {};
  }
}
