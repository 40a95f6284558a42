"""Typed calls to Blibli's Seller API: two families, their envelopes, the signature (facts, sections 1 to 5).

One `BlibliClient` serves one store. `exchange` gives a `Reply` for whatever came back; `read` raises typed errors.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

from adapters.blibli.causes import cause_of
from adapters.clock import Clock
from adapters.contract import AuthError, Cause, Limits, MarketplaceError, Transient
from adapters.redaction import redact
from adapters.transport import Answer, Request, Safety, Sign, Transport

PRODUCTION = "https://api.blibli.com"
FAMILIES = {"mta": "/v2/proxy/mta/api/businesspartner", "seller": "/v2/proxy/seller/v1"}
CHANNEL_ID = "marketplace-syncer"
STORE_ID = "10001"  # a constant of Blibli's (facts, section 2)
WIB = timezone(timedelta(hours=7))
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TOLERANCE_S = 15 * 60
THROTTLED_S = 60.0  # no Retry-After is known; clients wait a minute (facts, section 5)
LIST_PAGE, V3_PAGE = 100, 50


@dataclass(frozen=True, slots=True)
class Store:
    """Which store, through which API client. `location` = the bound pickup point."""

    code: str
    client_id: str
    client_key: str = field(repr=False)
    seller_key: str = field(repr=False)
    username: str = field(repr=False)
    signature_key: str | None = field(default=None, repr=False)
    host: str | None = None
    location: str | None = None

    @property
    def base(self) -> str:
        """The host's address, without a slash at its end."""
        return (self.host or PRODUCTION).rstrip("/")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Family, path below it ({} = an id), verb, and what may be said again."""

    family: str
    path: str
    method: str
    safety: Safety


def _read(family: str, path: str, method: str = "GET") -> Endpoint:
    return Endpoint(family, path, method, Safety.read)


ENDPOINTS: Mapping[str, Endpoint] = {
    "create": Endpoint("mta", "v2/product/createProduct", "POST", Safety.once),
    "bulk_update": Endpoint("mta", "v1/product/updateProduct", "POST", Safety.never),
    "archive": Endpoint("seller", "products/statuses/archive", "POST", Safety.repeatable),
    "unarchive": Endpoint("seller", "products/statuses/unarchive", "POST", Safety.repeatable),
    "stock": Endpoint("seller", "products/{}/stock", "PUT", Safety.never),
    "detail_update": Endpoint("seller", "products/{}/detail", "PUT", Safety.repeatable),
    "image_add": Endpoint("seller", "products/{}/images", "POST", Safety.repeatable),
    "variants_set": Endpoint("seller", "products/{}/variants", "POST", Safety.repeatable),
    "revise": Endpoint("seller", "products/{}/revision", "POST", Safety.once),
    "revise_v1": Endpoint("seller", "product-submissions/{}", "POST", Safety.once),
    "feed_detail": _read("mta", "v1/feed/detail"),
    "feed_list": _read("mta", "v1/feed/list"),
    "list_v2": _read("mta", "v2/product/getProductList", "POST"),
    "rejected": _read("mta", "v2/product/rejectedProductByMerchantSku"),
    "categories": _read("mta", "v1/product/getCategory"),
    "pickup_points": _read("mta", "v1/product/getPickupPoint"),
    "submissions": _read("seller", "product-submissions/filter", "POST"),
    "variants_list": _read("seller", "products/{}/variants/filter", "POST"),
    "attributes": _read("seller", "categories/{}/attributes"),
    "orders": _read("seller", "orders/packages/filter", "POST"),
}
BUDGETS = {"unarchive": "archive", "revise_v1": "revise"}
"""Calls that share another one's limit (facts, section 6)."""


def signature(key: str, method: str, path: str, body: bytes, stamp_ms: int) -> str:
    """The signature of section 3.3. `path` = the path as it is called; what is signed begins after /proxy, with the
    first /mta as /mtaapi, and without the query.
    """
    signed = path.split("/proxy", 1)[-1].replace("/mta", "/mtaapi", 1)
    digest = hashlib.md5(body).hexdigest() if body else ""
    kind = "" if method == "GET" else "application/json"
    raw = "\n".join((method, digest, kind, signed_date(stamp_ms), signed))
    return base64.b64encode(hmac.new(key.encode(), raw.encode(), hashlib.sha256).digest()).decode()


def signed_date(stamp_ms: int) -> str:
    """As the signature wants it, written by hand: some runtimes print another zone, or 24 o'clock (3.3)."""
    local = datetime.fromtimestamp(stamp_ms // 1000, WIB)
    return f"{DAYS[local.weekday()]} {MONTHS[local.month - 1]} {local.day:02d} {local:%H:%M:%S} WIB {local.year}"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with its envelope opened. `payload` = content or value; `queue` = the id of the queue that took it."""

    operation: str
    answer: Answer
    ok: bool
    code: str
    text: str
    cause: Cause | None
    payload: Any
    total: int = 0
    queue: str = ""

    def rows(self) -> list[Mapping[str, Any]]:
        """The payload's list of objects; empty where it is none."""
        return [row for row in self.payload if isinstance(row, dict)] if isinstance(self.payload, list) else []


def open_envelope(operation: str, answer: Answer, secrets: Sequence[str] = ()) -> Reply:
    """Read either envelope: HTTP 2xx, an empty errorCode and no success == false make a success (facts, section 5)."""
    body = answer.json
    if answer.status == 204:
        return Reply(operation, answer, True, "", "", None, None)
    if not isinstance(body, dict):
        if answer.held_for is not None:
            return Reply(operation, answer, False, "", answer.text, Cause.throttled, None)
        cause = cause_of(operation, answer.status, "", "") if answer.status else Cause.transient
        return Reply(operation, answer, False, "", answer.text or f"HTTP {answer.status}", cause, None)
    code, text = str(body.get("errorCode") or ""), redact(str(body.get("errorMessage") or ""), secrets)
    if 200 <= answer.status < 300 and not code and body.get("success") is not False:
        payload = body.get("content", body.get("value"))
        return Reply(operation, answer, True, "", text, None, payload, _total(body), _queue(body))
    cause = cause_of(operation, answer.status, code, text)
    return Reply(operation, answer, False, redact(code, secrets), text or f"HTTP {answer.status}", cause, None)


def _total(body: Mapping[str, Any]) -> int:
    meta = body.get("paging") or body.get("pageMetaData") or {}
    return int(meta.get("totalRecord") or meta.get("totalRecords") or 0) if isinstance(meta, dict) else 0


def _queue(body: Mapping[str, Any]) -> str:
    """The queue's id: in the value, in the content, or at the top (facts, sections 7.1, 7.2, 7.5)."""
    for inner in (body.get("value"), body.get("content")):
        if isinstance(inner, dict) and (inner.get("queueFeedId") or inner.get("queueId")):
            return str(inner.get("queueFeedId") or inner.get("queueId"))
    return str(body.get("requestId") or "")


def _sign_of(operation: str, answer: Answer) -> Sign:
    cause = open_envelope(operation, answer).cause
    if cause is Cause.throttled:
        return Sign.throttled
    return Sign.transient if cause is Cause.transient else Sign.final


class BlibliClient:
    """One store's calls."""

    def __init__(self, store: Store, limits: Limits, clock: Clock, transport: Transport) -> None:
        self.store, self.limits = store, limits
        self._clock, self._transport = clock, transport
        self._skew_s = 0.0

    def exchange(
        self, operation: str, body: Mapping[str, Any] | str | None = None, about: str = "",
        query: Sequence[tuple[str, str]] = (), queue: str = "",
    ) -> Reply:  # fmt: skip
        """Send one call. `about` = the id in its path, or what else its limit is counted by; `queue` = a queue's id.

        Raises:
            Transient: our clock is too far off to sign (cause clock). Nothing was sent.
        """
        if abs(self._skew_s) > TOLERANCE_S:
            self._measure_again()
        endpoint = ENDPOINTS[operation]
        path = f"{FAMILIES[endpoint.family]}/{endpoint.path}".replace("{}", about)
        content = None if body is None else (body if isinstance(body, str) else dump(body)).encode()

        def make() -> Request:
            stamp = int(self._clock.now().timestamp() * 1000)
            params = (*self._common(endpoint, queue), *query)
            headers = self._headers(endpoint.method, path, content or b"", stamp)
            return Request(endpoint.method, self.store.base + path, params, content, (), self._secrets, headers)

        keys = self._keys(operation, about, queue)
        answer = self._transport.send(make, lambda a: _sign_of(operation, a), endpoint.safety, keys)
        reply = open_envelope(operation, answer, self._secrets)
        if reply.cause is Cause.clock and answer.date is not None and answer.received_at is not None:
            self._skew_s = (answer.received_at - answer.date).total_seconds()
        return reply

    def read(
        self, operation: str, body: Mapping[str, Any] | None = None, about: str = "",
        query: Sequence[tuple[str, str]] = (), queue: str = "",
    ) -> Reply:  # fmt: skip
        """Send one read.

        Raises:
            MarketplaceError: it failed; `Transient` and `AuthError` where they say more.
        """
        reply = self.exchange(operation, body, about, query, queue)
        if not reply.ok:
            raise self.error(reply)
        return reply

    def error(self, reply: Reply) -> MarketplaceError:
        """A failed reply as a typed error."""
        cause = reply.cause or Cause.unknown
        if cause in (Cause.auth, Cause.binding) and reply.answer.status in (400, 401, 403):
            return AuthError(cause, reply.code, reply.text)
        if cause in (Cause.transient, Cause.throttled, Cause.clock):
            return Transient(cause, reply.code, reply.text, self.not_before(reply))
        return MarketplaceError(cause, reply.code, reply.text)

    def not_before(self, reply: Reply) -> datetime | None:
        """When trying again makes sense, where that can be said."""
        if reply.cause is not Cause.throttled:
            return None
        wait = reply.answer.held_for or reply.answer.retry_after or THROTTLED_S
        return self._clock.now() + timedelta(seconds=max(wait, 1.0))

    # --- pages -------------------------------------------------------------------------------------------------------

    def variants(self, **filters: Any) -> Iterator[Mapping[str, Any]]:
        """Rows of the variant-level list, page by page: the only one with stock per variant (facts, section 8)."""
        page = 0
        while True:
            reply = self.read("list_v2", {**filters, "page": page, "size": LIST_PAGE})
            rows = reply.rows()
            yield from rows
            page += 1
            if len(rows) < LIST_PAGE or page * LIST_PAGE >= reply.total > 0:
                return

    def submissions(self, sku: str | None = None) -> Iterator[Mapping[str, Any]]:
        """Rows of what is in review or sent back, of one seller SKU or all."""
        page, ask = 0, {"state": "ALL", **({"sellerSku": sku} if sku else {})}
        while True:
            reply = self.read("submissions", {"filter": ask, "paging": {"page": page, "size": V3_PAGE}})
            rows = reply.rows()
            yield from rows
            page += 1
            if len(rows) < V3_PAGE:
                return

    # --- parts of a call ---------------------------------------------------------------------------------------------

    def _common(self, endpoint: Endpoint, queue: str) -> Sequence[tuple[str, str]]:
        code = "storeCode" if endpoint.family == "seller" else "businessPartnerCode"
        # In a queue's detail requestId is the queue that is asked about (facts, section 2).
        request_id = queue or f"{CHANNEL_ID}-{uuid4()}"
        return (("requestId", request_id), ("storeId", STORE_ID), ("channelId", CHANNEL_ID),
                ("username", self.store.username), (code, self.store.code))  # fmt: skip

    def _headers(self, method: str, path: str, body: bytes, stamp: int) -> tuple[tuple[str, str], ...]:
        basic = base64.b64encode(f"{self.store.client_id}:{self.store.client_key}".encode()).decode()
        headers = (("Authorization", f"Basic {basic}"), ("Api-Seller-Key", self.store.seller_key),
                   ("Signature-Time", str(stamp)), ("Accept", "application/json"))  # fmt: skip
        if self.store.signature_key is None:
            return headers
        return (*headers, ("Signature", signature(self.store.signature_key, method, path, body, stamp)))

    def _keys(self, operation: str, about: str, queue: str) -> dict[str, str]:
        name = BUDGETS.get(operation, operation)
        shop = f"{self.store.base} {self.store.code}"
        keys = {"app": f"{self.store.base} {self.store.client_id}", "shop": shop, "operation": name}
        if about:
            keys["sku"] = f"{shop} {about}"
        return {**keys, "queue": f"{shop} {queue}"} if queue else keys

    @property
    def _secrets(self) -> tuple[str, ...]:
        store = self.store
        named = (store.client_key, store.seller_key, store.signature_key or "", store.username)
        return tuple(secret for secret in named if secret)

    def _measure_again(self) -> None:
        """Nothing is signed while our clock is known to be off; an unsigned look tells when it is right again."""
        probe = Request("GET", f"{self.store.base}/", ())
        keys = self._keys("clock", "", "")
        answer = self._transport.send(lambda: probe, lambda _: Sign.final, Safety.read, keys)
        if answer.date is not None and answer.received_at is not None:
            self._skew_s = (answer.received_at - answer.date).total_seconds()
        if abs(self._skew_s) > TOLERANCE_S:
            until = self._clock.now() + timedelta(seconds=30)
            text = f"this machine's clock is {self._skew_s:+.0f} s off; nothing is signed"
            raise Transient(Cause.clock, "", text, until)


def dump(body: Mapping[str, Any]) -> str:
    """JSON text, the same bytes for the same values."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def instant(milliseconds: Any) -> datetime | None:
    """A moment from epoch milliseconds; None where there is none."""
    if not isinstance(milliseconds, int | float) or isinstance(milliseconds, bool) or milliseconds <= 0:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
