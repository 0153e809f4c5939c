/** Every check, in the order of the report. */
import type { Check } from "./check.ts";
import { cacheHeaders } from "./checks/cache-headers.ts";
import { cachePrivate } from "./checks/cache-private.ts";
import { compression } from "./checks/compression.ts";
import { entitiesBatch } from "./checks/entities-batch.ts";
import { entitiesDuplicates } from "./checks/entities-duplicates.ts";
import { entitiesKnown } from "./checks/entities-known.ts";
import { entitiesMalformed } from "./checks/entities-malformed.ts";
import { entitiesOrder } from "./checks/entities-order.ts";
import { entitiesUnknown } from "./checks/entities-unknown.ts";
import { errorsSecrets } from "./checks/errors-secrets.ts";
import { errorsShape } from "./checks/errors-shape.ts";
import { httpContentType } from "./checks/http-content-type.ts";
import { httpKeepAlive } from "./checks/http-keep-alive.ts";
import { httpMethods } from "./checks/http-methods.ts";
import { httpStatus } from "./checks/http-status.ts";
import { latency } from "./checks/latency.ts";
import { limitsBody } from "./checks/limits-body.ts";
import { limitsDepth } from "./checks/limits-depth.ts";
import { serviceSdl } from "./checks/service-sdl.ts";
import { signatureBody } from "./checks/signature-body.ts";
import { signatureForged } from "./checks/signature-forged.ts";
import { signatureMissing } from "./checks/signature-missing.ts";
import { signatureParts } from "./checks/signature-parts.ts";
import { signaturePrincipal } from "./checks/signature-principal.ts";
import { signatureReplayed } from "./checks/signature-replayed.ts";
import { signatureRight } from "./checks/signature-right.ts";
import { signatureStale } from "./checks/signature-stale.ts";
import { timeoutsHangUp } from "./checks/timeouts-hang-up.ts";
import { timeoutsSlowSender } from "./checks/timeouts-slow-sender.ts";

export const checks: readonly Check[] = [
  serviceSdl,
  signatureRight,
  signatureMissing,
  signatureForged,
  signatureBody,
  signaturePrincipal,
  signatureParts,
  signatureReplayed,
  signatureStale,
  entitiesKnown,
  entitiesUnknown,
  entitiesOrder,
  entitiesDuplicates,
  entitiesBatch,
  entitiesMalformed,
  errorsShape,
  errorsSecrets,
  httpStatus,
  httpMethods,
  httpContentType,
  httpKeepAlive,
  compression,
  cacheHeaders,
  cachePrivate,
  limitsBody,
  limitsDepth,
  timeoutsHangUp,
  timeoutsSlowSender,
  latency,
];
