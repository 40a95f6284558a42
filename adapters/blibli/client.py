"""Typed calls to Blibli's Seller API: addresses, keys, signature, both families' envelopes, our clock against theirs.

One `BlibliClient` serves one store. `exchange` gives a `Reply` for whatever came back; `read` raises typed errors.
"""

from __future__ import annotations

import base64
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from adapters.blibli.assumptions import shown, vocabulary
from adapters.blibli.causes import cause_of
from adapters.blibli.signing import sign
from adapters.clock import Clock
from adapters.contract import Cause, Limits, MarketplaceError
from adapters.judging import error_of
from adapters.noticing import Noticing
from adapters.redaction import redact
from adapters.skew import Skew
from adapters.transport import Answer, Request, Safety, Sign, Transport
from adapters.words import kept

PRODUCTION = "https://api.blibli.com/v2"  # facts, section 1
CHANNEL_ID = "marketplace-syncer"  # lower case, hyphens for blanks (facts, section 2)
STORE_ID = "10001"  # the same for every store (facts, section 2)
UNBOUND = frozenset({"ERR-PA400054"})
_MTA = "/mta/api/businesspartner"

Params = Sequence[tuple[str, str]]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ShopAccess:
    """Which store, by whose keys. `host` None = production; `location` = the pickup point bound to this channel."""

    store: str
    client_id: str = field(repr=False)
    client_key: str = field(repr=False)
    seller_key: str = field(repr=False)
    username: str = field(repr=False)
    signature_key: str | None = field(default=None, repr=False)
    host: str | None = None
    location: str | None = None

    @property
    def base(self) -> str:
        """The address before /proxy."""
        return f"{self.host.rstrip('/')}/v2" if self.host else PRODUCTION

    @property
    def basic(self) -> str:
        """The integrator's keys as HTTP Basic."""
        return base64.b64encode(f"{self.client_id}:{self.client_key}".encode()).decode()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must stand in no text."""
        found = (self.client_key, self.seller_key, self.signature_key, self.basic, self.username, self.client_id)
        return tuple(secret for secret in found if secret)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Path after /proxy ({id} = the call's own), verb, what may be repeated.

    `pace` = the name under which limits know it; `twin` = the query parameter that repeats the id (facts, section 2).
    """

    method: str
    path: str
    safety: Safety
    pace: str
    twin: str | None = None

    @property
    def mta(self) -> bool:
        """True for the older family."""
        return self.path.startswith("/mta/")


def _read(method: str, path: str, pace: str, twin: str | None = None) -> Endpoint:
    return Endpoint(method, path, Safety.read, pace, twin)


_PRODUCT = "/seller/v1/products/{id}"
ENDPOINTS: Mapping[str, Endpoint] = {
    "create": Endpoint("POST", f"{_MTA}/v2/product/createProduct", Safety.once, "create"),
    "revise": Endpoint("POST", "/seller/v1/product-submissions/{id}", Safety.once, "revise"),
    "archive": Endpoint("POST", "/seller/v1/products/statuses/archive", Safety.repeatable, "archive"),
    "unarchive": Endpoint("POST", "/seller/v1/products/statuses/unarchive", Safety.repeatable, "archive"),
    "bulk_update": Endpoint("POST", f"{_MTA}/v1/product/updateProduct", Safety.repeatable, "bulk_update"),
    "stock": Endpoint("PUT", f"{_PRODUCT}/stock", Safety.never, "stock", "blibli-sku"),
    "detail_update": Endpoint("PUT", f"{_PRODUCT}/detail", Safety.repeatable, "detail_update", "product-sku"),
    "detail_update_bare": Endpoint("PUT", "/seller/v1/{id}/detail", Safety.repeatable, "detail_update", "product-sku"),
    "variants_set": Endpoint("POST", f"{_PRODUCT}/variants", Safety.once, "variants_set", "product-sku"),
    "variants_list": _read("POST", f"{_PRODUCT}/variants/filter", "variants_list", "product-sku"),
    "list_v3": _read("POST", "/seller/v1/products/filter", "list_v3"),
    "list_v2": _read("POST", f"{_MTA}/v2/product/getProductList", "list_v2"),
    "submissions": _read("POST", "/seller/v1/product-submissions/filter", "submissions"),
    "rejected": _read("GET", f"{_MTA}/v2/product/rejectedProductByMerchantSku", "rejected"),
    "feed_detail": _read("GET", f"{_MTA}/v1/feed/detail", "feed_detail"),
    "feed_list": _read("GET", f"{_MTA}/v1/feed/list", "feed_list"),
    "categories": _read("GET", f"{_MTA}/v1/product/getCategory", "categories"),
    "attributes": _read("GET", "/seller/v1/categories/{id}/attributes", "attributes", "category-code"),
    "brands": _read("GET", f"{_MTA}/v2/product/getBrands", "brands"),
    "pickup_points": _read("GET", f"{_MTA}/v1/product/getPickupPoint", "pickup_points"),
    "orders": _read("POST", "/seller/v1/orders/packages/filter", "orders"),
}


# --- answers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with its envelope opened.

    `payload` = `content` or `value`; `code` is Blibli's, '' where none came; `text` redacted words for people;
    `total` = records in all pages, None where not said; `request_id` = the envelope's own.
    """

    operation: str
    answer: Answer
    ok: bool
    code: str
    text: str
    cause: Cause | None
    payload: Any = None
    total: int | None = None
    request_id: str = ""

    @property
    def rows(self) -> list[Row]:
        """The payload as a list of objects."""
        found = self.payload if isinstance(self.payload, list) else []
        return [row for row in found if isinstance(row, dict)]

    def get(self, key: str) -> Any:
        """One value of the payload, None where there is none."""
        return self.payload.get(key) if isinstance(self.payload, dict) else None

    @property
    def queue(self) -> str:
        """The id of the queue that the answer names; '' where it names none (facts, sections 7.1, 7.2, 7.3)."""
        return str(self.get("queueFeedId") or self.get("queueId") or "")


def open_envelope(operation: str, answer: Answer, secrets: Sequence[str] = ()) -> Reply:
    """Read either family's envelope: HTTP 2xx, errorCode empty and success not false (facts, section 5)."""
    status, body = answer.status, answer.json
    if not isinstance(body, dict):
        if status == 204:
            return Reply(operation, answer, True, "", "", None)
        if answer.held_for is not None:
            return Reply(operation, answer, False, "", answer.text, Cause.throttled)
        cause = cause_of(operation, status, "", "") if status else Cause.transient
        return Reply(operation, answer, False, "", answer.text or f"HTTP {status}", cause)
    code = redact(str(body.get("errorCode") or "").strip(), secrets)
    message = redact(_message(body), secrets)
    request_id = str(body.get("requestId") or "")
    if 200 <= status < 300 and not code and body.get("success") is not False:
        content = body.get("content")
        payload = content if content is not None else body.get("value")
        return Reply(operation, answer, True, "", message, None, payload, _total(body), request_id)
    cause = cause_of(operation, status, code, message)
    text = f"{message or f'HTTP {status}'} (request {redact(request_id, secrets)})" if request_id else message
    return Reply(operation, answer, False, code, text or f"HTTP {status}", cause, None, None, request_id)


def _message(body: Row) -> str:
    """errorMessage; where it is empty, what a nested `errors` says."""
    said = body.get("errorMessage") or body.get("errors") or ""
    return said if isinstance(said, str) else str(said)


def _total(body: Row) -> int | None:
    for part, name in (("paging", "totalRecord"), ("pageMetaData", "totalRecords")):
        pages = body.get(part)
        if isinstance(pages, dict) and pages.get(name) is not None:
            return int(pages[name])
    return None


def _sign_of(operation: str, answer: Answer) -> Sign:
    cause = open_envelope(operation, answer).cause
    if cause is Cause.throttled:
        return Sign.throttled
    return Sign.transient if cause is Cause.transient else Sign.final


# --- the client ------------------------------------------------------------------------------------------------------


class BlibliClient:
    """One store's calls. Thread-safe as far as requests' sessions are."""

    def __init__(
        self, access: ShopAccess, limits: Limits, clock: Clock, transport: Transport, rng: random.Random
    ) -> None:
        self.access = access
        self.noticing = Noticing(vocabulary())
        self._limits, self._clock, self._transport, self._rng = limits, clock, transport, rng
        keys = {"app": f"{access.base} {access.client_id}", "operation": "clock"}
        self._skew = Skew(clock, limits, transport, access.base, keys)

    def exchange(
        self,
        operation: str,
        body: bytes | None = None,
        target: str = "",
        params: Params = (),
        safety: Safety | None = None,
        keys: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one call. `target` fills the path's {id}; `keys` names the SKU or queue whose budget it draws on.

        Raises:
            Transient: our clock is too far off to sign (cause clock). Nothing was sent.
        """
        self._skew.check()
        endpoint = ENDPOINTS[operation]

        def make() -> Request:
            return self._request(endpoint, body, target, params)

        answer = self._transport.send(
            make, lambda a: _sign_of(operation, a), safety or endpoint.safety, self._keys(endpoint, keys)
        )
        reply = open_envelope(operation, answer, self.access.secrets)
        self._notice(reply, endpoint)
        return self._unless_clock(reply) if reply.cause is Cause.auth else reply

    def read(
        self,
        operation: str,
        body: bytes | None = None,
        target: str = "",
        params: Params = (),
        keys: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one read.

        Raises:
            MarketplaceError: it failed; `Transient` and `AuthError` where they say more.
        """
        reply = self.exchange(operation, body, target, params, keys=keys)
        if not reply.ok:
            raise self.error(reply)
        return reply

    def error(self, reply: Reply) -> MarketplaceError:
        """A failed reply as a typed error; a store that is not bound needs its owner, like a dead key."""
        return error_of(reply, self._clock.now(), UNBOUND)

    def _notice(self, reply: Reply, endpoint: Endpoint) -> None:
        answer = reply.answer
        self.noticing.answered(reply.operation, answer.json)
        self.noticing.refused(reply.operation, reply.cause, reply.code, reply.text, self.access.secrets)
        self.noticing.saw(
            *shown(
                reply.operation, endpoint.mta, answer.status, answer.json, answer.retry_after, reply.ok, reply.code,
                reply.cause,
            )
        )  # fmt: skip

    # --- one request

    def _request(self, endpoint: Endpoint, body: bytes | None, target: str, params: Params) -> Request:
        path = endpoint.path.replace("{id}", quote(target, safe=""))
        twin = ((endpoint.twin, target),) if endpoint.twin else ()
        given = {name for name, _ in params}
        query = (*((n, v) for n, v in self._common(endpoint) if n not in given), *twin, *params)
        url = f"{self.access.base}/proxy{path}"
        headers = self._headers(endpoint.method, path, body)
        return Request(endpoint.method, url, query, body, secrets=self.access.secrets, headers=headers)

    def _common(self, endpoint: Endpoint) -> Params:
        """The query of every call (facts, section 2); it is not part of the signature."""
        fresh = uuid.UUID(int=self._rng.getrandbits(128), version=4)
        store = "businessPartnerCode" if endpoint.mta else "storeCode"
        return (
            ("requestId", f"{CHANNEL_ID}-{fresh}"), ("storeId", STORE_ID), ("channelId", CHANNEL_ID),
            ("username", self.access.username), (store, self.access.store),
        )  # fmt: skip

    def _headers(self, method: str, path: str, body: bytes | None) -> tuple[tuple[str, str], ...]:
        """Keys and time; a signature only where the seller has set a signature key (facts, section 3.1)."""
        now = int(self._clock.now().timestamp() * 1000)
        headers = (
            ("Authorization", f"Basic {self.access.basic}"), ("Api-Seller-Key", self.access.seller_key),
            ("Signature-Time", str(now)),
        )  # fmt: skip
        key = self.access.signature_key
        return (*headers, ("Signature", sign(key, method, path, body, now))) if key else headers

    def _keys(self, endpoint: Endpoint, more: Mapping[str, str] | None) -> dict[str, str]:
        app = f"{self.access.base} {self.access.client_id}"
        shop = f"{app} {self.access.store}"
        own = {name: f"{shop} {value}" for name, value in (more or {}).items()}
        return {"app": app, "shop": shop, "operation": endpoint.pace, **own}

    # --- our clock against theirs

    def _unless_clock(self, reply: Reply) -> Reply:
        """A refusal of our keys while our clock is off says nothing of the keys (facts, section 5)."""
        self._skew.measure(reply.answer)
        if not self._skew.off:
            return reply
        text = kept("this machine's clock is {seconds} s off", seconds=f"{self._skew.seconds:+.0f}")
        return Reply(reply.operation, reply.answer, False, reply.code, text, Cause.clock)


def instant(milliseconds: Any) -> datetime | None:
    """Epoch milliseconds as an aware datetime; 0 and null mean unset."""
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC) if milliseconds else None
    except (TypeError, ValueError):
        return None
