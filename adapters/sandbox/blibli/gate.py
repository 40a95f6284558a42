"""Who may come in: the client's id and key, the store's key and signature, and what every query must say.

Facts, sections 2 and 3. Only the current, tokenless way is served: whether the old token grant lives is unknown.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from adapters.sandbox.blibli.context import Context
from adapters.sandbox.blibli.errors import forbidden, invalid, unbound, unknown_client
from adapters.sandbox.market import Request

PREFIX = "/v2/proxy"
STORE_ID = "10001"
TOLERANCE_S = 900
JSON = "application/json"
COMMON = frozenset(
    {"requestId", "storeId", "channelId", "username", "storeCode", "businessPartnerCode", "merchantCode"}
)
STORES = ("storeCode", "businessPartnerCode", "merchantCode")

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def wib_date(milliseconds: int) -> str:
    """The date as line 4 of the signature has it: English names, Jakarta's time, the literal WIB."""
    at = datetime.fromtimestamp(milliseconds // 1000, UTC) + timedelta(hours=7)
    return f"{_DAYS[at.weekday()]} {_MONTHS[at.month - 1]} {at:%d %H:%M:%S} WIB {at.year:04d}"


def signature(key: str, method: str, content_type: str, body: bytes, milliseconds: int, path: str) -> str:
    """The signature of five lines over `path`, which is what follows /proxy."""
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest() if body else ""
    signed = path.replace("/mta", "/mtaapi", 1)
    raw = "\n".join((method, digest, content_type, wib_date(milliseconds), signed))
    return base64.b64encode(hmac.new(key.encode(), raw.encode(), hashlib.sha256).digest()).decode()


def admit(here: Context, request: Request) -> None:
    """Let a call in.

    Raises:
        Refusal: the client, the store's key, the signature or the binding is wrong.
    """
    _client(here, request.headers)
    if not _same(request.headers.get("api-seller-key", ""), here.shop.keys["seller_key"]):
        raise forbidden("Api-Seller-Key is wrong")
    if here.shop.signature:
        _signed(here, request)
    if not here.shop.bound:
        raise unbound(int(here.switches["blibli.unbound_status"]))


def _client(here: Context, headers: Mapping[str, str]) -> None:
    kind, _, encoded = headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        raise unknown_client("Authorization is not readable") from None
    keys = here.shop.keys
    clients = (f"{keys['client_id']}:{keys['client_key']}", f"{keys['own_client_id']}:{keys['own_client_key']}")
    if kind != "Basic" or not any(_same(given, client) for client in clients):
        raise unknown_client("client id or client key is wrong")


def _signed(here: Context, request: Request) -> None:
    stamp = request.headers.get("signature-time", "")
    if not stamp.isdecimal() or len(stamp) > 15:
        raise forbidden("Signature-Time is missing or no number of milliseconds")
    if abs(here.now - int(stamp) / 1000) > TOLERANCE_S:
        raise forbidden("Signature-Time is more than 15 minutes off")
    method, content_type = _form(here, request)
    path = request.path.removeprefix(PREFIX)
    good = signature(here.shop.keys["signature_key"], method, content_type, request.body, int(stamp), path)
    if not _same(good, request.headers.get("signature", "")):
        raise forbidden("Signature is wrong")


def _form(here: Context, request: Request) -> tuple[str, str]:
    """Lines 1 and 3: the true verb, and the content type of what has a body (facts, section 3.3)."""
    if request.method == "DELETE" and not here.on("delete_signature", "json"):
        return ("GET", "") if here.on("delete_signature", "get") else ("DELETE", JSON if request.body else "")
    return request.method, "" if request.method == "GET" else JSON


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def queried(here: Context, request: Request, allowed: frozenset[str], family: str, feed: bool) -> dict[str, str]:
    """The query, each name once.

    Raises:
        Refusal: a common parameter is missing or wrong (facts, section 2), or there is one that nobody knows.
    """
    for name, values in request.query.items():
        if name not in COMMON and name not in allowed:
            raise invalid(f"unknown parameter {name}")
        if len(values) > 1:
            raise invalid(f"parameter {name} is given twice")
    query = {name: values[0] for name, values in request.query.items()}
    wanted = ["requestId", "channelId", "storeCode" if family == "seller" else "businessPartnerCode"]
    # On feed/detail the sources send no more than these (facts, section 7.4).
    wanted += [] if feed else ["storeId", "username"]
    for name in wanted:
        if not query.get(name):
            raise invalid(f"parameter {name} is missing")
    good = {"storeId": STORE_ID, "username": here.shop.username, **dict.fromkeys(STORES, here.shop.store)}
    for name, value in good.items():
        if query.get(name, value) != value:
            raise invalid(f"parameter {name} is not that of the store")
    return query
