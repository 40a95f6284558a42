"""Who may come in: application, clock, signature, token, scope and shop (facts, sections 2 and 3)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from adapters.sandbox.market import Request
from adapters.sandbox.tiktokshop import auth
from adapters.sandbox.tiktokshop.context import Context
from adapters.sandbox.tiktokshop.errors import Refusal, parameter

BEHIND_S, AHEAD_S = 300, 30
COMMON = frozenset({"app_key", "timestamp", "sign", "shop_cipher", "access_token"})
LISTS = frozenset({"ids", "product_ids"})
"""Enumerated with commas in the facts (section 9); the generated client library repeats the name."""

UNSIGNED = frozenset({"sign", "access_token"})
TOKEN = "x-tts-access-token"
MULTIPART = "multipart/form-data"
JSON = "application/json"


def queried(request: Request, known: frozenset[str], refuse_unknown: bool) -> dict[str, str]:
    """The query, each name once; lists of ids also come as a name for each, which stands for their enumeration.

    Raises:
        Refusal: a name comes twice, or is none.
    """
    query: dict[str, str] = {}
    for name, values in request.query.items():
        if len(values) > 1 and name not in LISTS:
            raise parameter(f"{name} comes more than once")
        if refuse_unknown and name not in COMMON and name not in known:
            raise parameter(f"there is no parameter {name}")
        query[name] = ",".join(values)
    return query


def admit(here: Context, request: Request, query: Mapping[str, str], scope: str, ciphered: bool) -> None:
    """Let a call in, or say why not.

    Raises:
        Refusal: the first thing that is wrong, in the order application, clock, signature, token, scope, shop.
    """
    if query.get("app_key") != here.shop.keys["app_key"]:
        raise parameter("app_key")
    _timely(here, query.get("timestamp", ""))
    good = signature(here.shop.keys["app_secret"], request.path, request.query, _signed_body(request))
    if not hmac.compare_digest(good.encode(), query.get("sign", "").encode()):
        raise Refusal(106001, "Invalid sign")
    auth.admit(here, request.headers.get(TOKEN, ""))
    if here.shop.disabled:
        raise Refusal(36009043, "The shop is disabled")
    if scope not in here.shop.scopes:
        raise Refusal(105005, "Access denied. The app lacks the scope for this API.")
    if ciphered:
        _shop(here, query.get("shop_cipher", ""))
    _typed(request)


def _timely(here: Context, text: str) -> None:
    if not text.isascii() or not text.isdecimal() or len(text) != 10:
        raise parameter("timestamp must be seconds in ten digits")
    ahead = int(text) - here.now
    if not -BEHIND_S <= ahead <= AHEAD_S:
        raise parameter("timestamp is expired" if ahead < 0 else "timestamp lies in the future")


def _signed_body(request: Request) -> bytes:
    return b"" if request.headers.get("content-type", "").startswith(MULTIPART) else request.body


def signature(secret: str, path: str, query: Mapping[str, Sequence[str]], body: bytes) -> str:
    """Over the path, the sorted parameters and the body byte for byte."""
    signed = sorted(query.keys() - UNSIGNED)
    pairs = "".join(f"{name}{value}" for name in signed for value in query[name])
    message = f"{secret}{path}{pairs}".encode() + body + secret.encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _shop(here: Context, cipher: str) -> None:
    if not cipher:
        raise Refusal(106013, "shop_cipher is missing")
    if cipher != here.shop.cipher:
        raise Refusal(101000, "The token does not belong to this shop_cipher")


def _typed(request: Request) -> None:
    kind = request.headers.get("content-type", "")
    if request.body and not kind.startswith((JSON, MULTIPART)):
        raise parameter("content-type must be application/json")
