"""Typed calls to Shopee's Open Platform API v2: signing, common parameters, envelope, tokens, clock.

One `ShopeeClient` serves one shop. `exchange` gives a `Reply` for whatever came back; `read` raises typed
errors.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar
from urllib.parse import urlencode

from adapters.clock import Clock
from adapters.contract import Cause, Grant, GrantSource, Limits, MarketplaceError
from adapters.granted import with_grant
from adapters.judging import error_of
from adapters.noticing import Noticing
from adapters.redaction import redact
from adapters.shopee.assumptions import shown, vocabulary
from adapters.shopee.causes import cause_of, normalise, plain
from adapters.skew import Skew
from adapters.transport import Answer, Request, Safety, Sign, Transport

PRODUCTION = "https://partner.shopeemobile.com"  # for Indonesia too (facts, section 1.1)
CONSENT = "https://open.shopee.com"  # where owners agree (facts, section 2.1)
ALL_STATUSES = ("NORMAL", "UNLIST", "BANNED", "REVIEWING", "SELLER_DELETE", "SHOPEE_DELETE")
PAGE = 100
IDS_PER_READ = 50
UTC8 = timezone(timedelta(hours=8))

Params = Sequence[tuple[str, str]]
OWNERS = frozenset({"error_sign", "invalid_partner_id", "error_partner_key_expired"})
"""Codes of the app's own keys: only a person can mend those."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class ShopAccess:
    """Which shop, through which app. `host` None = production; `redirect` = where a consent comes back to.

    `location` binds one stock location, in multi-warehouse shops that have several.
    """

    shop_id: str
    app_id: str
    app_secret: str = field(repr=False)
    host: str | None = None
    redirect: str | None = None
    location: str | None = None

    @property
    def base(self) -> str:
        """The host's address, without a slash at its end."""
        return (self.host or PRODUCTION).rstrip("/")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Path below /api/v2, verb, and whether the signature is the shop's or the app's alone."""

    path: str
    method: str
    safety: Safety
    public: bool = False


def _get(path: str) -> Endpoint:
    return Endpoint(path, "GET", Safety.read)


ENDPOINTS: Mapping[str, Endpoint] = {
    "add_item": Endpoint("product/add_item", "POST", Safety.once),
    "update_item": Endpoint("product/update_item", "POST", Safety.repeatable),
    "unlist_item": Endpoint("product/unlist_item", "POST", Safety.repeatable),
    "init_tier_variation": Endpoint("product/init_tier_variation", "POST", Safety.once),
    "update_tier_variation": Endpoint("product/update_tier_variation", "POST", Safety.repeatable),
    "add_model": Endpoint("product/add_model", "POST", Safety.once),
    "update_model": Endpoint("product/update_model", "POST", Safety.repeatable),
    "update_price": Endpoint("product/update_price", "POST", Safety.repeatable),
    "update_stock": Endpoint("product/update_stock", "POST", Safety.never),
    "upload_image": Endpoint("media_space/upload_image", "POST", Safety.repeatable, public=True),
    "get_item_list": _get("product/get_item_list"),
    "search_item": _get("product/search_item"),
    "get_item_base_info": _get("product/get_item_base_info"),
    "get_model_list": _get("product/get_model_list"),
    "get_item_promotion": _get("product/get_item_promotion"),
    "get_item_limit": _get("product/get_item_limit"),
    "get_category": _get("product/get_category"),
    "category_recommend": _get("product/category_recommend"),
    "get_attribute_tree": _get("product/get_attribute_tree"),
    "get_brand_list": _get("product/get_brand_list"),
    "get_channel_list": _get("logistics/get_channel_list"),
    "get_shop_info": _get("shop/get_shop_info"),
    "get_warehouse_detail": _get("shop/get_warehouse_detail"),
    "get_order_list": _get("order/get_order_list"),
    "get_order_detail": _get("order/get_order_detail"),
    "get_token": Endpoint("auth/token/get", "POST", Safety.once, public=True),
    "refresh_token": Endpoint("auth/access_token/get", "POST", Safety.once, public=True),
}


def sign(app_secret: str, app_id: str, path: str, timestamp: int, token: str = "", shop_id: str = "") -> str:
    """Lower-case hex HMAC-SHA256 over id, path, time, and for shop calls token and shop id (facts, section
    1.2).
    """
    base = f"{app_id}{path}{timestamp}{token}{shop_id}"
    return hmac.new(app_secret.encode(), base.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with its envelope opened.

    `code` is Shopee's, without module prefix and trailing dots, '' when all went well or nothing of Shopee's
    came back; `payload` the content of `response` (or `data`, or the flat body); `text` redacted words for
    people.
    """

    operation: str
    answer: Answer
    ok: bool
    code: str
    text: str
    cause: Cause | None
    payload: Any
    warning: str = ""

    def rows(self, key: str) -> list[Mapping[str, Any]]:
        """A list of objects in the payload; empty where it is empty, null or missing (facts, section 8)."""
        found = self.payload.get(key) if isinstance(self.payload, dict) else None
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    def get(self, key: str) -> Any:
        """One value of the payload, None where there is none."""
        return self.payload.get(key) if isinstance(self.payload, dict) else None


def open_envelope(operation: str, answer: Answer, secrets: Sequence[str] = ()) -> Reply:
    """Read Shopee's envelope, normal or flat (facts, section 5): error == "" or absent is the only success
    test.
    """
    body = answer.json
    if not isinstance(body, dict):
        if answer.held_for is not None:
            return Reply(operation, answer, False, "", answer.text, Cause.throttled, {})
        cause = cause_of(operation, answer.status, "", "") if answer.status else Cause.transient
        return Reply(operation, answer, False, "", answer.text or f"HTTP {answer.status}", cause, {})
    raw = str(body.get("error") or "")
    message = redact(str(body.get("message") or ""), secrets)
    payload = body.get("response", body.get("data"))
    payload = payload if payload is not None else body
    warning = body.get("warning") or ""
    warning = redact("; ".join(map(str, warning)) if isinstance(warning, list) else str(warning), secrets)
    if not raw and answer.status < 400:
        return Reply(operation, answer, True, "", message, None, payload, warning)
    request_id = str(body.get("request_id") or "")
    text = f"{message} (request {request_id})" if request_id else message
    cause = cause_of(operation, answer.status, raw, message)
    return Reply(operation, answer, False, redact(plain(raw), secrets), text, cause, payload, warning)


def _sign_of(operation: str, answer: Answer) -> Sign:
    cause = open_envelope(operation, answer).cause
    if cause is Cause.throttled:
        return Sign.throttled
    return Sign.transient if cause is Cause.transient else Sign.final


def next_quota(now: datetime) -> datetime:
    """When the app's daily quota starts anew: 00:00 UTC+8 (facts, section 5)."""
    local = now.astimezone(UTC8)
    return (local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)).astimezone(UTC)


def token_refused(reply: Reply) -> bool:
    """True where a fresh access token would help; error_auth alone says too little (facts, section 2.3)."""
    if normalise(reply.code) == "invalid_access_token":
        return True
    return reply.code == "error_auth" and "access_token" in reply.text.lower()


class ShopeeClient:
    """One shop's calls. Thread-safe as far as requests' sessions are."""

    def __init__(
        self, access: ShopAccess, limits: Limits, grants: GrantSource, clock: Clock, transport: Transport
    ) -> None:
        self.access = access
        self.noticing = Noticing(vocabulary())
        self._limits, self._grants, self._clock, self._transport = limits, grants, clock, transport
        self._skew = Skew(clock, limits, transport, access.base, self._keys("clock"))

    # --- sending

    def abreast(self, work: Callable[[T], R], values: Iterable[T]) -> Iterator[R]:
        """`work`, which reads, of each value: in order, several reads in flight where the shop's allowance needs it."""
        return self._transport.abreast(work, values)

    def exchange(
        self,
        operation: str,
        params: Params = (),
        body: str | None = None,
        parts: tuple[tuple[str, str, bytes, str], ...] = (),
    ) -> Reply:
        """Send one call; renew the token once and say it again if Shopee refused only the token.

        Raises:
            AuthError: there is no token to send it with, or the second one was refused too.
            MarketplaceError: our clock is too far off to sign (cause clock). Nothing was sent.
        """
        self._skew.check()
        if ENDPOINTS[operation].public:
            return self._once(operation, params, body, parts, None)
        return with_grant(self._grants, lambda grant: self._once(operation, params, body, parts, grant), token_refused)

    def read(self, operation: str, params: Params = ()) -> Reply:
        """Send one read.

        Raises:
            MarketplaceError: it failed; `Transient` and `AuthError` where they say more.
        """
        reply = self.exchange(operation, params)
        if not reply.ok:
            raise self.error(reply)
        return reply

    def error(self, reply: Reply) -> MarketplaceError:
        """A failed reply as a typed error."""
        now = self._clock.now()
        return error_of(reply, now, OWNERS, next_quota(now) if reply.cause is Cause.quota else None)

    def _once(
        self,
        operation: str,
        params: Params,
        body: str | None,
        parts: tuple[tuple[str, str, bytes, str], ...],
        grant: Grant | None,
    ) -> Reply:
        endpoint = ENDPOINTS[operation]
        secrets = self._secrets(grant)

        def make() -> Request:
            query = (*self._common(endpoint, grant), *params)
            url = f"{self.access.base}/api/v2/{endpoint.path}"
            content = body.encode() if body is not None else None
            return Request(endpoint.method, url, query, content, parts, secrets)

        answer = self._transport.send(make, lambda a: _sign_of(operation, a), endpoint.safety, self._keys(operation))
        reply = open_envelope(operation, answer, secrets)
        self._notice(reply, secrets)
        if reply.cause is Cause.clock:
            self._skew.measure(answer)
        return reply

    def _notice(self, reply: Reply, secrets: tuple[str, ...]) -> None:
        body, failed = reply.answer.json, reply.cause is not None
        self.noticing.answered(reply.operation, body)
        self.noticing.refused(reply.operation, reply.cause, reply.code, reply.text, secrets)
        code = reply.code if failed else ""
        self.noticing.saw(*shown(reply.operation, reply.answer.status, body, code, reply.cause))

    def _keys(self, operation: str) -> dict[str, str]:
        app = f"{self.access.base} {self.access.app_id}"
        return {"app": app, "shop": f"{app} {self.access.shop_id}", "operation": operation}

    def _common(self, endpoint: Endpoint, grant: Grant | None) -> Params:
        path = f"/api/v2/{endpoint.path}"
        timestamp = int(self._clock.now().timestamp())
        common = [("partner_id", self.access.app_id), ("timestamp", str(timestamp))]
        token, shop = (grant.access_token, self.access.shop_id) if grant and not endpoint.public else ("", "")
        if token:
            common += [("access_token", token), ("shop_id", shop)]
        return (
            *common,
            ("sign", sign(self.access.app_secret, self.access.app_id, path, timestamp, token, shop)),
        )

    def _secrets(self, grant: Grant | None) -> tuple[str, ...]:
        tokens = (grant.access_token, grant.refresh_token) if grant else ()
        return (self.access.app_secret, *tokens)

    # --- tokens

    def consent_link(self, state: str) -> str:
        """The unsigned link for a shop's owner (facts, section 2.1)."""
        query = {
            "partner_id": self.access.app_id,
            "auth_type": "seller",
            "redirect_uri": self.access.redirect or self.access.base,
            "response_type": "code",
            "state": state,
        }
        return f"{(self.access.host or CONSENT).rstrip('/')}/auth?{urlencode(query)}"

    def trade(self, operation: str, body: Mapping[str, Any], secrets: Sequence[str]) -> Reply:
        """A token call: its secrets travel in the body, and are kept out of every text."""
        self._skew.check()
        reply = self._once(operation, (), json.dumps(body), (), None)
        return Reply(
            reply.operation, reply.answer, reply.ok, reply.code, redact(reply.text, secrets),
            reply.cause, reply.payload, reply.warning,
        )  # fmt: skip

    # --- typed reads

    def listed(self, since: int | None, until: int | None) -> Iterator[list[int]]:
        """Pages of item ids in every status, changed between `since` and `until` (epoch seconds)."""
        offset = 0
        while True:
            window = [(k, str(v)) for k, v in (("update_time_from", since), ("update_time_to", until)) if v is not None]
            statuses = [("item_status", s) for s in ALL_STATUSES]
            reply = self.read("get_item_list", [("offset", str(offset)), ("page_size", str(PAGE)), *statuses, *window])
            yield [int(row["item_id"]) for row in reply.rows("item")]
            if not reply.get("has_next_page"):
                return
            offset = int(reply.get("next_offset") or offset + PAGE)

    def search(self, field_name: str, text: str) -> Iterator[int]:
        """Item ids whose name or SKU answers to `text`, in every status; each hit wants checking (3.4)."""
        offset, seen = "", 0
        while True:
            statuses = [("item_status", s) for s in ALL_STATUSES]
            cursor = [("offset", offset)] if offset else []
            reply = self.read("search_item", [("page_size", str(PAGE)), (field_name, text), *statuses, *cursor])
            ids = reply.get("item_id_list") or []
            yield from (int(i) for i in ids)
            seen += len(ids)
            following = str(reply.get("next_offset") or "")
            if not ids or not following or following == offset or seen >= int(reply.get("total_count") or 0):
                return
            offset = following

    def base(self, ids: Sequence[int]) -> list[Mapping[str, Any]]:
        """Base information of up to 50 items; unknown ids are silently missing (facts, section 3.4)."""
        reply = self.exchange("get_item_base_info", [("item_id_list", ",".join(map(str, ids)))])
        if reply.code == "error_item_not_found":
            return []
        if not reply.ok:
            raise self.error(reply)
        return reply.rows("item_list")

    def models(self, item_id: int) -> Mapping[str, Any] | None:
        """Tiers and models of one item; None if it is gone."""
        reply = self.exchange("get_model_list", [("item_id", str(item_id))])
        if reply.code == "error_item_not_found":
            return None
        if not reply.ok:
            raise self.error(reply)
        return reply.payload if isinstance(reply.payload, dict) else {}
