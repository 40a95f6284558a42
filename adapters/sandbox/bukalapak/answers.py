"""The envelopes: v2's status, v4's meta, and the accounts host's bare errors (facts, sections 3.2, 4.1 and 4.2)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from adapters.sandbox.bukalapak.context import Context
from adapters.sandbox.bukalapak.refusals import Refusal, TokenRefusal
from adapters.sandbox.bukalapak.routes import Face
from adapters.sandbox.market import Reply, Request


def success(here: Context, face: Face, request: Request, found: Any) -> Reply:
    """A call that was done; in v2 that includes what says ERROR by itself."""
    if face is Face.accounts:
        return _reply(200, found)
    if face is Face.v2:
        return _tagged(request, _reply(200, {"status": "OK", "message": None, **found}))
    rows, more = found if isinstance(found, tuple) else (found, {})
    body: dict[str, Any] = {"data": rows, "meta": {"http_status": 200, **more}}
    if here.on("success_errors", "empty"):
        body["errors"] = []
    return _reply(200, body)


def _tagged(request: Request, reply: Reply) -> Reply:
    """An answer to a GET of v2 carries its ETag; whoever has it already gets 304 (facts, section 3.2)."""
    if request.method != "GET":
        return reply
    tag = f'"{hashlib.sha256(reply.body).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == tag:
        return Reply(304, b"", headers={"ETag": tag})
    return Reply(200, reply.body, headers={"ETag": tag})


def failure(here: Context, face: Face, refusal: Refusal) -> Reply:
    """A call that failed: v2 has only a text, mostly at HTTP 200; v4 may hide the status in its meta."""
    if face is Face.v2:
        text = {"status": "ERROR", "id": None, "message": refusal.message}
        return _reply(refusal.status if refusal.shows else 200, text)
    shows = refusal.shows or here.on("meta_status", "agrees")
    errors = [{"code": refusal.code, "message": refusal.message}]
    body = {"errors": errors, "meta": {"http_status": refusal.status}}
    return _reply(refusal.status if shows else 200, body)


def no_token(refusal: TokenRefusal) -> Reply:
    """A call to the accounts host that failed."""
    return _reply(refusal.status, {"error": refusal.error, "error_description": refusal.text})


def _reply(status: int, body: Any) -> Reply:
    return Reply(status, json.dumps(body).encode())
