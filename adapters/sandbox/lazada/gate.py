"""Who may come in: how a call's parameters are gathered, and its signature over them (facts, sections 1, 2 and 12)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from adapters.sandbox.lazada.context import Context
from adapters.sandbox.lazada.errors import Refusal, malformed
from adapters.sandbox.market import Request

REST = "/rest"
TOLERANCE_S = 7200
SYSTEM = frozenset({"app_key", "timestamp", "sign_method", "sign", "access_token", "partner_id", "debug"})


@dataclass(frozen=True, slots=True)
class Sent:
    """What came: every parameter by name, and the files, which are not signed."""

    parameters: dict[str, str]
    files: dict[str, bytes]


def signature(secret: str, path: str, parameters: Mapping[str, str]) -> str:
    """The signature over the path without /rest and all parameters but `sign`, in the order of their bytes."""
    names = sorted(
        (name for name in parameters if name != "sign"), key=lambda name: name.encode("utf-8", "surrogatepass")
    )
    base = path + "".join(name + parameters[name] for name in names)
    return hmac.new(secret.encode(), base.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest().upper()


def gathered(request: Request) -> Sent:
    """The union of query, form fields and top-level texts of a JSON body (facts, section 12).

    Raises:
        Refusal: a parameter has two values, or the body cannot be read.
    """
    parameters: dict[str, str] = {}
    for name, values in request.query.items():
        for value in values:
            _put(parameters, name, value)
    fields, files = _body(request)
    for name, value in fields:
        _put(parameters, name, value)
    return Sent(parameters, files)


def _put(parameters: dict[str, str], name: str, value: str) -> None:
    if parameters.setdefault(name, value) != value:
        raise malformed(f"parameter {name} has two values")


def _body(request: Request) -> tuple[list[tuple[str, str]], dict[str, bytes]]:
    if not request.body:
        return [], {}
    kind = request.headers.get("content-type", "").casefold()
    if kind.startswith("multipart/form-data"):
        return _parts(request)
    try:
        content = request.body.decode()
    except UnicodeDecodeError:
        raise malformed("the body is not UTF-8") from None
    if kind.startswith("application/json"):
        return _members(content), {}
    return parse_qsl(content, keep_blank_values=True), {}


def _members(content: str) -> list[tuple[str, str]]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise malformed("the body is not JSON") from None
    if not isinstance(found, dict):
        raise malformed("the body must be an object")
    if not all(isinstance(value, str) for value in found.values()):
        raise malformed("parameter values are texts")
    return list(found.items())


def _parts(request: Request) -> tuple[list[tuple[str, str]], dict[str, bytes]]:
    """The fields and the files of a multipart body (RFC 7578)."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    if not message.is_multipart():
        raise malformed("the multipart body cannot be read")
    fields: list[tuple[str, str]] = []
    files: dict[str, bytes] = {}
    for part in message.iter_parts():
        name, content = _part(part)
        if part.get_filename() is None:
            fields.append((name, content.decode("utf-8", "replace")))
        else:
            files[name] = content
    return fields, files


def _part(part: Any) -> tuple[str, bytes]:
    name = part.get_param("name", header="content-disposition")
    content = part.get_payload(decode=True)
    return str(name or ""), content if isinstance(content, bytes) else b""


def admit(here: Context, path: str, parameters: Mapping[str, str]) -> None:
    """Let an app in.

    Raises:
        Refusal: a system parameter is missing, the clock is off, or the app or its signature is wrong.
    """
    for name in ("app_key", "timestamp", "sign_method", "sign"):
        if not parameters.get(name):
            raise Refusal("MissingParameter", f"The input parameter {name} that is mandatory is not supplied")
    if parameters["app_key"] != here.shop.app_key:
        raise Refusal("InvalidAppKey", "The specified App Key is invalid")
    stamp = parameters["timestamp"]
    if not stamp.isdecimal() or len(stamp) > 15 or abs(here.now - int(stamp) / 1000) > TOLERANCE_S:
        raise Refusal(here.switches["lazada.clock_code"], "The specified timestamp is invalid or expired")
    good = signature(here.shop.app_secret, path, parameters)
    given = parameters["sign"].encode("utf-8", "replace")
    if parameters["sign_method"] != "sha256" or not hmac.compare_digest(good.encode(), given):
        raise Refusal("IncompleteSignature", "The request signature does not conform to platform standards")
