"""Typed calls to Lazada's Open Platform: signing, where parameters travel, envelopes, tokens, clock.

One `LazadaClient` serves one shop. `exchange` gives a `Reply` for whatever came back; `read` raises typed errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

from adapters.clock import Clock
from adapters.contract import Cause, Grant, GrantSource, Limits, MarketplaceError
from adapters.granted import with_grant
from adapters.judging import error_of
from adapters.lazada.assumptions import shown, vocabulary
from adapters.lazada.causes import UMBRELLAS, cause_of, outer
from adapters.lazada.signing import sign
from adapters.noticing import Noticing
from adapters.redaction import redact
from adapters.skew import Skew
from adapters.transport import Answer, Request, Safety, Sign, Transport

API = "https://api.lazada.co.id"  # a token is good for one country's host (facts, section 1)
AUTH = "https://auth.lazada.com"
PAGE = 50
SWITCHED_OFF_S = 900.0
"""An API that a campaign switches off (998) is not asked again sooner (facts, section 5)."""
OWNERS = frozenset({"IncompleteSignature", "InvalidAppKey"})
"""Codes of the app's own keys: only a person can mend those."""

FORM = (("Content-Type", "application/x-www-form-urlencoded;charset=utf-8"),)

Params = Sequence[tuple[str, str]]
Row = Mapping[str, Any]
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class ShopAccess:
    """Which shop, through which app. `url` None = the live hosts; `redirect` = where a consent comes back to.

    `location` = the code of the warehouse that is bound, in shops that have several.
    """

    shop_id: str
    app_key: str
    app_secret: str = field(repr=False)
    url: str | None = None
    redirect: str | None = None
    location: str | None = None

    @property
    def base(self) -> str:
        """The address of the API without "/rest", without a slash at its end."""
        return _host(self.url or API)

    @property
    def auth(self) -> str:
        """The same of consent and tokens."""
        return _host(self.url or AUTH)


def _host(url: str) -> str:
    return url.rstrip("/").removesuffix("/rest")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Path below /rest, verb, what may be said again, and whether it is one of the token calls."""

    path: str
    method: str
    safety: Safety
    token: bool = False


def _get(path: str) -> Endpoint:
    return Endpoint(path, "GET", Safety.read)


ENDPOINTS: Mapping[str, Endpoint] = {
    "CreateProduct": Endpoint("/product/create", "POST", Safety.once),
    "UpdateProduct": Endpoint("/product/update", "POST", Safety.repeatable),
    "UpdatePriceQuantity": Endpoint("/product/price_quantity/update", "POST", Safety.repeatable),
    "UpdateSellableQuantity": Endpoint("/product/stock/sellable/update", "POST", Safety.never),
    "DeactivateProduct": Endpoint("/product/deactivate", "POST", Safety.repeatable),
    "UploadImage": Endpoint("/image/upload", "POST", Safety.repeatable),
    "GetProducts": _get("/products/get"),
    "GetProductItem": _get("/product/item/get"),
    "GetSellerItemLimit": _get("/product/seller/item/limit"),
    "GetCategoryTree": _get("/category/tree/get"),
    "GetCategoryAttributes": _get("/category/attributes/get"),
    "GetCategorySuggestion": _get("/product/category/suggestion/get"),
    "GetSeller": _get("/seller/get"),
    "GetWarehouseBySellerId": _get("/rc/warehouse/get"),
    "GetOrders": _get("/orders/get"),
    "GetMultipleOrderItems": _get("/orders/items/get"),
    "GenerateAccessToken": Endpoint("/auth/token/create", "POST", Safety.once, token=True),
    "RefreshAccessToken": Endpoint("/auth/token/refresh", "POST", Safety.once, token=True),
}
"""By the names that Lazada's documents give them."""
CREATES = "CreateProduct"


@dataclass(frozen=True, slots=True)
class Detail:
    """One row of `detail`: which SKU it speaks of, if it says so, and the words it is classified by (section 4)."""

    sku: str
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with its envelope opened.

    `ok` only if the code is "0" and no row of `detail` stands beside it. `code` is Lazada's as `causes.outer` gives it,
    '' when nothing of Lazada's came back; `payload` the content of `data`, or of `result`, or the flat body; `text`
    redacted words for people.
    """

    operation: str
    answer: Answer
    ok: bool
    code: str
    text: str
    cause: Cause | None
    payload: Any
    details: tuple[Detail, ...] = ()

    def rows(self, key: str) -> list[Row]:
        """A list of objects in the payload; empty where it is empty, null or missing."""
        found = self.get(key)
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    def get(self, key: str) -> Any:
        """One value of the payload, None where there is none."""
        return self.payload.get(key) if isinstance(self.payload, dict) else None


# --- envelopes --------------------------------------------------------------------------------------------------------


def open_envelope(operation: str, answer: Answer, secrets: Sequence[str] = ()) -> Reply:
    """Read an answer: HTTP 2xx, code "0" and no detail are success, and nothing else is (facts, section 4.1)."""
    body = answer.json
    if not isinstance(body, dict):
        return _unopened(operation, answer)
    raw, message = str(body.get("code", "")), redact(str(body.get("message") or ""), secrets)
    details = tuple(_detail(row, secrets) for row in _list(body.get("detail")))
    payload = _payload(body)
    code = outer(raw, message)
    if code == "0" and answer.status < 400 and not details:
        inner = _inner_code(body)
        throttled = not payload and cause_of(operation, answer.status, "0", message) is Cause.throttled
        if inner is None and not throttled:
            return Reply(operation, answer, True, "0", message, None, payload)
        code, message = inner or code, message or redact(str(body.get("error_msg") or ""), secrets)
    cause = _cause(operation, answer.status, code, message, details)
    text = "; ".join(dict.fromkeys(filter(None, (message, *(d.words for d in details))))) or f"code {code}"
    request = str(body.get("request_id") or "")
    text = f"{text} (request {request})" if request else text
    return Reply(operation, answer, False, redact(code, secrets), text, cause, payload, details)


def _unopened(operation: str, answer: Answer) -> Reply:
    if answer.held_for is not None:
        return Reply(operation, answer, False, "", answer.text, Cause.throttled, {})
    cause = cause_of(operation, answer.status, "", "") if answer.status else Cause.transient
    return Reply(operation, answer, False, "", answer.text or f"HTTP {answer.status}", cause, {})


def _payload(body: Row) -> Any:
    """What an answer holds: under `data`, for warehouses under `result`, of token calls flat (facts, section 4)."""
    if "data" in body:
        return body["data"] if body["data"] is not None else {}
    return body.get("result") if isinstance(body.get("result"), dict) else body


def _inner_code(body: Row) -> str | None:
    """The code of a refusal inside an answer that says "0": warehouses and the listing limit have one (section 4)."""
    for part in (body, body.get("result")):
        if isinstance(part, dict) and part.get("success") in (False, "false"):
            named = part.get("error_code") or next(iter(_texts(part.get("errorCodes"))), None)
            return str(named or "refused")
    return None


def _detail(row: Any, secrets: Sequence[str]) -> Detail:
    if not isinstance(row, dict):
        return Detail("", "", redact(str(row), secrets))
    said = (row.get(key) for key in ("field", "code", "bizCheck", "message"))
    words = redact(" ".join(str(word) for word in said if word), secrets)
    return Detail(str(row.get("seller_sku") or row.get("sku") or ""), str(row.get("code") or ""), words)


def _cause(operation: str, status: int, code: str, message: str, details: Sequence[Detail]) -> Cause:
    """Of several rows the first counts for the whole; each row has its own cause in `outcomes`."""
    words = " ".join(detail.words for detail in details)
    return cause_of(operation, status, UMBRELLA if code == "0" and details else code, message, words)


UMBRELLA = "501"
"""As what a row of `detail` under code "0" is read: that SKU was not written (facts, section 4.1)."""
assert UMBRELLA in UMBRELLAS


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [value] if value else []


def _texts(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _sign_of(operation: str, answer: Answer) -> Sign:
    reply = open_envelope(operation, answer)
    if reply.cause is Cause.throttled:
        # Of a create that is throttled under code 0 it is not certain that nothing was made (facts, section 4.1).
        return Sign.final if reply.code == "0" and operation == CREATES else Sign.throttled
    again = reply.cause is Cause.transient and reply.code not in ("998", "4147")
    return Sign.transient if again else Sign.final


def token_refused(reply: Reply) -> bool:
    """True where a fresh access token would help (facts, section 3; which of the two names is not confirmed)."""
    return reply.code in ("IllegalAccessToken", "InvalidAccessToken")


class LazadaClient:
    """One shop's calls. Thread-safe as far as requests' sessions are."""

    def __init__(
        self,
        access: ShopAccess,
        limits: Limits,
        grants: GrantSource,
        clock: Clock,
        transport: Transport,
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
        self, operation: str, params: Params = (), parts: tuple[tuple[str, str, bytes, str], ...] = ()
    ) -> Reply:
        """Send one call; renew the token once and say it again if Lazada refused only the token.

        Raises:
            AuthError: there is no token to send it with, or the second one was refused too.
            MarketplaceError: our clock is too far off to sign (cause clock). Nothing was sent.
        """
        self._skew.check()
        return with_grant(self._grants, lambda grant: self._once(operation, params, parts, grant), token_refused)

    def read(self, operation: str, params: Params = ()) -> Reply:
        """Send one read.

        Raises:
            MarketplaceError: it failed; `Transient` and `AuthError` where they say more.
        """
        reply = self.exchange(operation, params)
        if not reply.ok:
            raise self.error(reply)
        return reply

    def trade(self, operation: str, params: Params, secrets: Sequence[str]) -> Reply:
        """A token call, without a token of its own; its secrets are kept out of every text."""
        self._skew.check()
        reply = self._once(operation, params, (), None)
        return replace(reply, text=redact(reply.text, secrets))

    def error(self, reply: Reply) -> MarketplaceError:
        """A failed reply as a typed error."""
        now = self._clock.now()
        until = now + timedelta(seconds=SWITCHED_OFF_S) if reply.code == "998" else None
        return error_of(reply, now, OWNERS, until)

    def _once(
        self, operation: str, params: Params, parts: tuple[tuple[str, str, bytes, str], ...], grant: Grant | None
    ) -> Reply:
        endpoint, secrets = ENDPOINTS[operation], self._secrets(grant)

        def make() -> Request:
            return self._request(endpoint, {**self._common(grant), **dict(params)}, parts, secrets)

        answer = self._transport.send(make, lambda a: _sign_of(operation, a), endpoint.safety, self._keys(operation))
        reply = open_envelope(operation, answer, secrets)
        if reply.cause is Cause.clock:
            self._skew.measure(answer)
        self._notice(reply, secrets)
        return reply

    def _notice(self, reply: Reply, secrets: tuple[str, ...]) -> None:
        self.noticing.answered(reply.operation, reply.answer.json)
        if reply.code not in UMBRELLAS:  # an umbrella is known, whatever stands below it
            self.noticing.refused(reply.operation, reply.cause, reply.code, reply.text, secrets)
        self.noticing.saw(*shown(reply.operation, reply.answer.json, reply.code, reply.cause))

    def _request(
        self,
        endpoint: Endpoint,
        params: Mapping[str, str],
        parts: tuple[tuple[str, str, bytes, str], ...],
        secrets: tuple[str, ...],
    ) -> Request:
        """Everything in the form of a POST, as an address is too short for a payload; with a file, in the address."""
        host = self.access.auth if endpoint.token else self.access.base
        signed = (*params.items(), ("sign", sign(self.access.app_secret, endpoint.path, params)))
        url = f"{host}/rest{endpoint.path}"
        if endpoint.method == "GET" or parts:
            return Request(endpoint.method, url, signed, parts=parts, secrets=secrets)
        return Request(endpoint.method, url, (), urlencode(signed).encode(), secrets=secrets, headers=FORM)

    def _common(self, grant: Grant | None) -> dict[str, str]:
        timestamp = str(int(self._clock.now().timestamp() * 1000))  # milliseconds (facts, section 1.1)
        common = {"app_key": self.access.app_key, "timestamp": timestamp, "sign_method": "sha256"}
        return {**common, "access_token": grant.access_token} if grant is not None else common

    def _keys(self, operation: str) -> dict[str, str]:
        app = f"{self.access.base} {self.access.app_key}"
        return {"app": app, "shop": f"{app} {self.access.shop_id}", "operation": operation}

    def _secrets(self, grant: Grant | None) -> tuple[str, ...]:
        tokens = (grant.access_token, grant.refresh_token) if grant else ()
        return (self.access.app_secret, *tokens)

    @property
    def grant_ends(self) -> datetime | None:
        """When the consent of the shop's owner ends: refreshing does not extend it (facts, section 3)."""
        return self._grants.grant().refresh_expires_at
