"""Whether a request comes from the gateway: HTTP Message Signatures (RFC 9421) with hmac-sha256, over
method, path, body digest (RFC 9530), principal and request id. Standard library only."""

import base64
import hashlib
import hmac
import json
import re
import time

PARTS = ("@method", "@path", "content-digest", "city-graph-principal", "x-request-id")
LIST = "(" + " ".join(f'"{name}"' for name in PARTS) + ")"
INPUT = re.compile(r'gateway=(\(.*\);created=(\d{1,12});keyid="[a-z0-9-]{1,64}";alg="hmac-sha256")')
TOLERANCE_SECONDS = 60


def refusal(key: bytes, method: str, path: str, headers, body: bytes) -> str | None:
    """Why a request is not to be answered; None when its signature is right.

    `path` is without its query string; `headers.get(name, default)` takes lower-case names."""
    match = INPUT.fullmatch(headers.get("signature-input", ""))
    if not match:
        return "the request is not signed"
    parameters, created = match.groups()
    # Exactly this list: what is not covered could have been changed on the way.
    if not parameters.startswith(LIST + ";"):
        return "the signature covers other parts"
    if abs(time.time() - int(created)) > TOLERANCE_SECONDS:
        return "the signature is too old or too new"
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    if headers.get("content-digest", "") != digest:
        return "the body does not match its digest"
    principal, request_id = headers.get(PARTS[3], ""), headers.get(PARTS[4], "")
    values = zip(PARTS, (method, path, digest, principal, request_id))
    base = "\n".join(f'"{name}": {value}' for name, value in values)
    base += f'\n"@signature-params": {parameters}'
    mac = hmac.new(key, base.encode("latin-1"), hashlib.sha256).digest()
    expected = f"gateway=:{base64.b64encode(mac).decode()}:"
    # In constant time: how long it takes tells nothing of how much of a guess was right.
    given = headers.get("signature", "").encode("latin-1")
    return None if hmac.compare_digest(expected.encode(), given) else "the signature is wrong"


def principal_of(headers) -> dict | None:
    """Who is signed in: { kind, id, scopes, policies }; None for nobody. Verify the signature first."""
    text = headers.get("city-graph-principal", "")
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) if text else None
