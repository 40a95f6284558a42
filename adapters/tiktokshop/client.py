"""Typed calls to Tokopedia & TikTok Shop (TikTok Shop Partner API): signing, shop cipher, envelope, tokens, clock.

One `TikTokClient` serves one shop. `exchange` gives a `Reply` for whatever came back; `read` raises typed errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote

from adapters.asking import skew
from adapters.clock import Clock
from adapters.contract import AuthError, Cause, Grant, GrantSource, Limits, MarketplaceError
from adapters.granted import with_grant
from adapters.judging import error_of, next_day
from adapters.noticing import Noticing
from adapters.redaction import redact
from adapters.skew import Skew
from adapters.tiktokshop.assumptions import shown, vocabulary
from adapters.tiktokshop.causes import CHECK_FAILED, OTHER_CIPHER, TOKEN_ENDED, cause_of
from adapters.tiktokshop.signing import sign
from adapters.transport import Answer, Request, Safety, Sign, Transport
from adapters.words import kept

PRODUCTION = "https://open-api.tiktokglobalshop.com"  # facts, section 2
TOKENS = "https://auth.tiktok-shops.com"
CONSENT = "https://services.tiktokshop.com"
PAGE = 100
OWNERS = frozenset({"106001"})
"""A signature that is wrong: only a person can mend the app's keys."""
TOKEN_CALLS = frozenset({"get_token", "refresh_token"})

Row = Mapping[str, Any]
Params = Sequence[tuple[str, str]]
Parts = tuple[tuple[str, str, bytes, str], ...]
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class ShopAccess:
    """Which shop, through which app. `host` None = production; `redirect` = where a consent comes back to.

    `service_id` names the app on the consent page; `location` binds one of several warehouses.
    """

    shop_id: str
    app_key: str
    app_secret: str = field(repr=False)
    service_id: str = ""
    host: str | None = None
    redirect: str | None = None
    location: str | None = None

    @property
    def base(self) -> str:
        """The address of the API."""
        return (self.host or PRODUCTION).rstrip("/")

    @property
    def tokens(self) -> str:
        """The address of the token calls."""
        return (self.host or TOKENS).rstrip("/")

    @property
    def consent(self) -> str:
        """The address of the consent page."""
        return (self.host or CONSENT).rstrip("/")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Path, verb, and whether the call is the shop's (facts, section 2: the few without `shop_cipher`)."""

    path: str
    method: str
    safety: Safety
    cipher: bool = True


ENDPOINTS: Mapping[str, Endpoint] = {
    "create_product": Endpoint("/product/202309/products", "POST", Safety.once),
    "edit_product": Endpoint("/product/202509/products/{product}", "PUT", Safety.repeatable),
    "partial_edit_product": Endpoint("/product/202509/products/{product}/partial_edit", "POST", Safety.repeatable),
    "update_inventory": Endpoint("/product/202309/products/{product}/inventory/update", "POST", Safety.never),
    "update_price": Endpoint("/product/202309/products/{product}/prices/update", "POST", Safety.repeatable),
    "activate_products": Endpoint("/product/202309/products/activate", "POST", Safety.repeatable),
    "deactivate_products": Endpoint("/product/202309/products/deactivate", "POST", Safety.repeatable),
    "upload_product_image": Endpoint("/product/202309/images/upload", "POST", Safety.repeatable, cipher=False),
    "search_products": Endpoint("/product/202502/products/search", "POST", Safety.read),
    "get_product": Endpoint("/product/202309/products/{product}", "GET", Safety.read),
    "inventory_search": Endpoint("/product/202309/inventory/search", "POST", Safety.read),
    "get_categories": Endpoint("/product/202309/categories", "GET", Safety.read),
    "get_category_attributes": Endpoint("/product/202309/categories/{category}/attributes", "GET", Safety.read),
    "recommend_category": Endpoint("/product/202309/categories/recommend", "POST", Safety.read),
    "get_brands": Endpoint("/product/202309/brands", "GET", Safety.read),
    "check_listing_prerequisites": Endpoint("/product/202312/prerequisites", "GET", Safety.read),
    "get_warehouse_list": Endpoint("/logistics/202309/warehouses", "GET", Safety.read),
    "get_warehouse_delivery_options": Endpoint(
        "/logistics/202309/warehouses/{warehouse}/delivery_options", "GET", Safety.read
    ),
    "get_order_list": Endpoint("/order/202309/orders/search", "POST", Safety.read),
    "get_authorized_shops": Endpoint("/authorization/202309/shops", "GET", Safety.read, cipher=False),
    "get_token": Endpoint("/api/v2/token/get", "GET", Safety.once, cipher=False),
    "refresh_token": Endpoint("/api/v2/token/refresh", "GET", Safety.once, cipher=False),
}


# --- the envelope ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RowError:
    """One entry of `data.errors`: the SKU or product that it names, and what is to be classified (section 5.1)."""

    id: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with its envelope opened.

    `code` is the marketplace's number as text, '' when all went well or nothing of its own came back; `payload` the
    content of `data`; `text` redacted words for people.
    """

    operation: str
    answer: Answer
    ok: bool
    code: str
    text: str
    cause: Cause | None
    payload: Row = field(default_factory=dict)

    def rows(self, key: str) -> list[Row]:
        """A list of objects in the payload; empty where it is empty, null or missing."""
        return objects(self.payload.get(key))

    def get(self, key: str) -> Any:
        """One value of the payload, None where there is none."""
        return self.payload.get(key)

    @property
    def errors(self) -> list[RowError]:
        """What was refused though the code is 0 (facts, section 5.1)."""
        return [_row_error(row) for row in self.rows("errors")]


def objects(found: Any) -> list[Row]:
    """The objects of a list; empty where there is no list."""
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _row_error(row: Row) -> RowError:
    detail = row.get("detail")
    detail = detail if isinstance(detail, dict) else {}
    code, text = str(row.get("code") or ""), redact(str(row.get("message") or ""))
    inner = objects(detail.get("extra_errors"))
    if inner and code in ("", CHECK_FAILED):
        code, text = str(inner[0].get("code") or code), redact(str(inner[0].get("message") or text))
    return RowError(str(detail.get("sku_id") or detail.get("product_id") or ""), code, text)


def open_envelope(operation: str, answer: Answer, secrets: Sequence[str] = ()) -> Reply:
    """Read the envelope, the body before the status: `code` 0 is the only success test (facts, section 5)."""
    body = answer.json
    if not isinstance(body, dict) or not isinstance(body.get("code"), int | str):
        if answer.held_for is not None:
            return Reply(operation, answer, False, "", answer.text, Cause.throttled)
        cause = cause_of(operation, answer.status, "", "") if answer.status else Cause.transient
        return Reply(operation, answer, False, "", answer.text or f"HTTP {answer.status}", cause)
    payload = body.get("data")
    payload = payload if isinstance(payload, dict) else {}
    message = redact(str(body.get("message") or ""), secrets)
    code = str(body["code"])
    if code == "0":
        return Reply(operation, answer, True, "", message, None, payload)
    request = str(body.get("request_id") or "")
    text = f"{message} (request {request})" if request else message
    cause = cause_of(operation, answer.status, code, message)
    return Reply(operation, answer, False, redact(code, secrets), text, cause, payload)


def _sign_of(operation: str, answer: Answer) -> Sign:
    cause = open_envelope(operation, answer).cause
    if cause is Cause.throttled:
        return Sign.throttled
    return Sign.transient if cause is Cause.transient else Sign.final


def token_refused(reply: Reply) -> bool:
    """True where a fresh access token would help (facts, section 5)."""
    if reply.code == TOKEN_ENDED:
        return True
    return reply.cause is Cause.auth and (reply.code == "36009004" or reply.answer.status == 401)


# --- the client -----------------------------------------------------------------------------------------------------


class TikTokClient:
    """One shop's calls. Thread-safe as far as requests' sessions are."""

    def __init__(
        self, access: ShopAccess, limits: Limits, grants: GrantSource, clock: Clock, transport: Transport
    ) -> None:
        self.access = access
        self.noticing = Noticing(vocabulary())
        self._limits, self._grants, self._clock, self._transport = limits, grants, clock, transport
        self._cipher: str | None = None
        self._skew = Skew(clock, limits, transport, access.base, self._keys("clock"))
        self.shown_skew_s: float | None = None
        """Their clock less ours, as the newest answer dated itself."""

    # --- sending

    def abreast(self, work: Callable[[T], R], values: Iterable[T]) -> Iterator[R]:
        """`work`, which reads, of each value: in order, several reads in flight where the shop's allowance needs it."""
        return self._transport.abreast(work, values)

    def exchange(
        self,
        operation: str,
        places: Mapping[str, str] | None = None,
        params: Params = (),
        body: str | None = None,
        parts: Parts = (),
    ) -> Reply:
        """Send one call; where only token or cipher was refused, renew it once and say the call again.

        Raises:
            AuthError: there is no token to send it with, the second one was refused too, or the token is not the
                shop's.
            MarketplaceError: our clock is too far off to sign (cause clock). Nothing was sent.
        """
        self._skew.check()
        cipher = self._shop_cipher() if ENDPOINTS[operation].cipher else ""

        def say(grant: Grant) -> Reply:
            reply = self._once(operation, places, params, body, parts, grant, cipher)
            if reply.code == OTHER_CIPHER and cipher and (fresh := self._other_cipher(cipher)):
                return self._once(operation, places, params, body, parts, grant, fresh)
            return reply

        return with_grant(self._grants, say, token_refused)

    def read(
        self,
        operation: str,
        places: Mapping[str, str] | None = None,
        params: Params = (),
        body: str | None = None,
    ) -> Reply:
        """Send one read.

        Raises:
            MarketplaceError: it failed; `Transient` and `AuthError` where they say more.
        """
        reply = self.exchange(operation, places, params, body)
        if not reply.ok:
            raise self.error(reply)
        return reply

    def error(self, reply: Reply) -> MarketplaceError:
        """A failed reply as a typed error."""
        now = self._clock.now()
        return error_of(reply, now, OWNERS, next_day(now) if reply.cause is Cause.quota else None)

    def product(self, product: str) -> Row | None:
        """One product with everything that the shop shows of it; None if it is gone.

        Raises:
            MarketplaceError: it could not be read.
        """
        reply = self.exchange("get_product", {"product": product})
        if reply.cause is Cause.missing or (reply.ok and not reply.payload.get("id")):
            return None
        if not reply.ok:
            raise self.error(reply)
        return reply.payload

    # --- tokens and shops

    def trade(self, operation: str, query: Mapping[str, str]) -> Reply:
        """A token call: not signed, its secrets in the query and kept out of every text (facts, section 4)."""
        endpoint = ENDPOINTS[operation]
        secrets = (self.access.app_secret, *(query[k] for k in ("auth_code", "refresh_token") if k in query))
        params = (("app_key", self.access.app_key), ("app_secret", self.access.app_secret), *query.items())
        request = Request(endpoint.method, self.access.tokens + endpoint.path, params, secrets=secrets)
        answer = self._transport.send(
            lambda: request, lambda a: _sign_of(operation, a), endpoint.safety, self._keys(operation)
        )
        reply = open_envelope(operation, answer, secrets)
        self._notice(reply, secrets)
        return reply

    def shops(self, grant: Grant | None = None) -> list[Row]:
        """The shops that a grant covers: `{id, name, region, cipher}`; by the grant in use if none is given.

        Raises:
            MarketplaceError: they could not be read.
        """
        if grant is None:
            return self.read("get_authorized_shops").rows("shops")
        self._skew.check()
        reply = self._once("get_authorized_shops", None, (), None, (), grant, "")
        if not reply.ok:
            raise self.error(reply)
        return reply.rows("shops")

    def shop(self) -> Row:
        """The row of this channel's own shop.

        Raises:
            AuthError: the grant is not this shop's.
            MarketplaceError: it could not be read.
        """
        found = self.shops()
        mine = next((row for row in found if str(row.get("id")) == self.access.shop_id), None)
        if mine is None:
            there = ", ".join(str(row.get("id")) for row in found) or kept("none")
            text = kept("the authorisation does not cover shop {shop}; it covers: {there}",
                        shop=self.access.shop_id, there=there)  # fmt: skip
            raise AuthError(Cause.binding if found else Cause.auth, "shop_not_authorised", text)
        return mine

    def _shop_cipher(self) -> str:
        """What stands for the shop in a call; only Get Authorized Shops tells it (facts, section 2)."""
        if self._cipher is None:
            self._cipher = str(self.shop().get("cipher") or "")
        return self._cipher

    def _other_cipher(self, refused: str) -> str:
        """The shop's cipher of now, if it is another than the one that was refused; else ''."""
        self._cipher = None
        fresh = self._shop_cipher()
        return fresh if fresh != refused else ""

    # --- one request

    def _once(
        self,
        operation: str,
        places: Mapping[str, str] | None,
        params: Params,
        body: str | None,
        parts: Parts,
        grant: Grant,
        cipher: str,
    ) -> Reply:
        endpoint = ENDPOINTS[operation]
        path = endpoint.path.format(**{k: quote(v, safe="") for k, v in (places or {}).items()})
        content = body.encode() if body is not None else None  # the bytes signed must be the bytes sent
        secrets = (self.access.app_secret, grant.access_token, grant.refresh_token, cipher)

        def make() -> Request:
            common = [("app_key", self.access.app_key), ("timestamp", str(int(self._clock.now().timestamp())))]
            query = [*common, *([("shop_cipher", cipher)] if cipher else []), *params]
            signed = [*query, ("sign", sign(self.access.app_secret, path, query, content or b""))]
            headers = (("x-tts-access-token", grant.access_token),)
            return Request(endpoint.method, self.access.base + path, tuple(signed), content, parts, secrets, headers)

        answer = self._transport.send(make, lambda a: _sign_of(operation, a), endpoint.safety, self._keys(operation))
        self._note_date(answer)
        reply = open_envelope(operation, answer, secrets)
        if reply.cause is Cause.clock:
            self._skew.measure(answer)
        self._notice(reply, secrets, body)
        return reply

    def _notice(self, reply: Reply, secrets: Sequence[str], sent: str | None = None) -> None:
        operation = reply.operation
        self.noticing.answered(operation, reply.answer.json)
        self.noticing.refused(operation, reply.cause, reply.code, reply.text, secrets)
        for error in reply.errors:
            cause = cause_of(operation, reply.answer.status, error.code, error.text)
            self.noticing.refused(operation, cause, error.code, error.text, secrets)
        self.noticing.saw(*shown(operation, reply.answer, sent))

    def _keys(self, operation: str) -> dict[str, str]:
        app = f"{self.access.base} {self.access.app_key}"
        # The allowance is counted by app and shop together (facts, section 6).
        return {"app": app, "shop": f"{app} {self.access.shop_id}", "operation": operation}

    def _note_date(self, answer: Answer) -> None:
        if (seen := skew(answer.date, answer.received_at)) is not None:
            self.shown_skew_s = seen


def instant(seconds: Any) -> datetime | None:
    """Epoch seconds as an aware datetime; 0, null and words mean unset."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC) if seconds else None
    except (TypeError, ValueError):
        return None


def whole(value: Any) -> int | None:
    """A whole number, printed as a number or as text; None where it is neither."""
    try:
        return int(float(value))
    except (TypeError, ValueError):
        return None
