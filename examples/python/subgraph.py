"""A whole subgraph: `SUBGRAPH_SIGNING_KEY=… PORT=4101 python3 subgraph.py`.

HTTP by the standard library, GraphQL by graphql-core. What a partner changes is schema.graphql,
`libraries_by_id` (one query to a database), and the two resolvers."""

import base64
import json
import logging
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from graphql import GraphQLError, build_schema, graphql_sync

from signature import principal_of, refusal

MAX_BODY_BYTES = 10 * 1024 * 1024
MAX_TOKENS = 5_000
SDL = Path(__file__).with_name("schema.graphql").read_text(encoding="utf-8")
# What every subgraph adds to its SDL: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec
FEDERATION = """
scalar _Any
union _Entity = Library
type _Service { sdl: String! }
extend type Query { _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }
"""
schema = build_schema(SDL + FEDERATION, assume_valid_sdl=True)

ROWS = {
    "al-safa": {"name": {"en": "Al Safa Art and Design Library", "ar": "مكتبة الصفا للفنون والتصميم"}, "seats": 140},
    "hatta": {"name": {"en": "Hatta Library", "ar": "مكتبة حتا"}, "seats": 60},
    "al-rashidiya": {"name": {"en": "Al Rashidiya Library", "ar": "مكتبة الراشدية"}, "seats": 90},
}


def libraries_by_id(ids: set[str]) -> dict[str, dict]:
    """Your database: `select … where id = any($1)`, once for all ids of a request."""
    return {id: {"__typename": "Library", "id": id, **ROWS[id]} for id in ids if id in ROWS}


def entities(_root, _info, representations: list) -> list:
    """One answer for each representation, in their order; None for what there is not."""
    for one in representations:
        if not isinstance(one, dict) or one.get("__typename") != "Library" or not isinstance(one.get("id"), str):
            raise GraphQLError('A representation must read { "__typename": "Library", "id": "…" }.')
    found = libraries_by_id({one["id"] for one in representations})
    return [found.get(one["id"]) for one in representations]


schema.query_type.fields["_service"].resolve = lambda _root, _info: {"sdl": SDL}
schema.query_type.fields["_entities"].resolve = entities
schema.query_type.fields["library"].resolve = lambda _root, _info, id: libraries_by_id({id}).get(id)


def told(error: GraphQLError) -> dict:
    """Expected errors as they are; a fault of ours goes to the log, and says nothing of itself outside."""
    fault = error.original_error
    if fault is None or isinstance(fault, GraphQLError):
        return error.formatted
    logging.error("a resolver failed", exc_info=fault)
    return {"message": "Something went wrong.", "path": error.path, "extensions": {"code": "INTERNAL_SERVER_ERROR"}}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open
    disable_nagle_algorithm = True  # else a small answer may wait 40 ms
    timeout = 120  # longer than the gateway keeps idle connections

    def do_POST(self):
        length = self.headers.get("content-length", "")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            return self.answer(413, {"errors": [{"message": f"At most {MAX_BODY_BYTES} bytes."}]}, close=True)
        body = self.rfile.read(int(length))
        try:
            asked = json.loads(body)
            query, variables = asked["query"], asked.get("variables")
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return self.answer(400, {"errors": [{"message": 'The body must be JSON: {"query": "…"}.'}]})
        # Composition reads the SDL unsigned; nothing else is answered to anybody but the gateway.
        if query != "{ _service { sdl } }":
            reason = refusal(KEY, self.command, self.path.split("?")[0], self.headers, body)
            if reason:
                return self.answer(401, {"errors": [{"message": f"Only the gateway may ask here: {reason}."}]})
        try:
            context = {"principal": principal_of(self.headers)}
            result = graphql_sync(schema, query, variable_values=variables, context_value=context, max_tokens=MAX_TOKENS)
        except (TypeError, RecursionError):
            return self.answer(400, {"errors": [{"message": "The query or its variables cannot be read."}]})
        if result.errors is None:
            return self.answer(200, {"data": result.data}, cache="max-age=300, public")
        errors = [told(error) for error in result.errors]
        # Without data it was refused before it began.
        self.answer(200 if result.data else 400, {"data": result.data, "errors": errors})

    def other(self):
        self.answer(405, {"errors": [{"message": "There is POST only."}]}, close=True)

    do_GET = do_PUT = do_DELETE = other

    def answer(self, status: int, value: dict, cache: str = "no-store", close: bool = False):
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("cache-control", cache)
        self.send_header("content-length", str(len(body)))
        if close:
            self.send_header("connection", "close")  # its body was not read
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        logging.info(format, *args)


class Server(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """The gateway may hang up at any time: that is nobody's error."""
        logging.info("a connection ended", exc_info=True)


if __name__ == "__main__":
    key_text = os.environ.get("SUBGRAPH_SIGNING_KEY", "")
    if len(key_text) != 43:
        raise SystemExit("SUBGRAPH_SIGNING_KEY must be the key of this subgraph: 32 bytes in base64url.")
    KEY = base64.urlsafe_b64decode(key_text + "=")
    server = Server((os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "4101"))), Handler)
    print(f"ready at http://{server.server_address[0]}:{server.server_address[1]}/graphql", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
