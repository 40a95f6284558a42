"""Typed calls to both generations of Bukalapak's API: credentials, envelopes, tokens.

v2 (Basic `user_id:token`) writes products and pictures, v4 (OAuth Bearer) reads lists and orders and writes stock
(facts, section 2). `exchange` gives a `Reply` for whatever came back; `read` raises typed errors.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar
from urllib.parse import quote

from adapters.bukalapak.assumptions import shown, vocabulary
from adapters.bukalapak.causes import cause_of, said_failed
from adapters.clock import Clock
from adapters.contract import Cause, Grant, GrantSource, MarketplaceError, Transient
from adapters.granted import with_grant
from adapters.judging import error_of
from adapters.noticing import Noticing
from adapters.redaction import redact
from adapters.transport import Answer, Request, Safety, Sign, Transport
from adapters.words import kept

API = "https://api.bukalapak.com"
ACCOUNTS = "https://accounts.bukalapak.com"
WIB = timezone(timedelta(hours=7))
PAGE = 50
OVERLAP_ROWS = 5
"""Pages overlap by this many rows: a list shifts while it is turned (facts, section 4.3)."""
PASSES = 3

Params = Sequence[tuple[str, str]]
Parts = tuple[tuple[str, str, bytes, str], ...]
Row = Mapping[str, Any]
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class ShopAccess:
    """Which shop, by which two credentials. `url` None = the live hosts; `redirect` = where a consent comes back to."""

    shop_id: str
    user_id: str = field(repr=False)
    token: str = field(repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    url: str | None = None
    redirect: str | None = None

    @property
    def base(self) -> str:
        """The address of the API, without a slash at its end."""
        return (self.url or API).rstrip("/")

    @property
    def accounts(self) -> str:
        """The address of consent and tokens, without a slash at its end."""
        return (self.url or ACCOUNTS).rstrip("/")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Which generation, verb, path below the host (with {places}), and what may be said again."""

    api: str
    method: str
    path: str
    safety: Safety


ENDPOINTS: Mapping[str, Endpoint] = {
    "upload_image": Endpoint("v2", "POST", "/v2/images.json", Safety.repeatable),
    "image_status": Endpoint("v2", "GET", "/v2/images/status/{image}.json", Safety.read),
    "create_product": Endpoint("v2", "POST", "/v2/products.json", Safety.once),
    # Not repeatable: a picture's id that went through once is refused the second time (facts, section 3.3).
    "update_product": Endpoint("v2", "PUT", "/v2/products/{product}.json", Safety.once),
    "update_price": Endpoint("v2", "PUT", "/v2/products/{product}.json", Safety.repeatable),
    "sold": Endpoint("v2", "PUT", "/v2/products/{product}/sold.json", Safety.repeatable),
    # Not repeatable: a second one that arrives late may take the stock that was written in between (section 4.4).
    "relist": Endpoint("v2", "PUT", "/v2/products/{product}/relist.json", Safety.once),
    "product": Endpoint("v2", "GET", "/v2/products/{product}.json", Safety.read),
    "categories": Endpoint("v2", "GET", "/v2/categories.json", Safety.read),
    "attributes": Endpoint("v2", "GET", "/v2/categories/{category}/attributes.json", Safety.read),
    "update_sku": Endpoint("v4", "PATCH", "/products/{product}/skus/{sku}", Safety.never),
    "me": Endpoint("v4", "GET", "/me", Safety.read),
    "my_products": Endpoint("v4", "GET", "/stores/me/products", Safety.read),
    "carriers": Endpoint("v4", "GET", "/info/carriers", Safety.read),
    "transactions": Endpoint("v4", "GET", "/transactions", Safety.read),
    "token": Endpoint("oauth", "POST", "/oauth/token", Safety.once),
}


def basic(user_id: str, token: str) -> str:
    """The value of the Authorization header of v2 (facts, section 3.1)."""
    return "Basic " + base64.b64encode(f"{user_id}:{token}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with its envelope opened.

    `code` is v2's "OK" or "ERROR", v4's first error number, or the error's name of a token call; '' when nothing of
    Bukalapak's came back. `payload` is the whole body of v2 and of a token call, `data` of v4; `text` redacted words.
    """

    api: str
    operation: str
    answer: Answer
    ok: bool
    status: int
    code: str
    text: str
    cause: Cause | None
    payload: Any
    total: int | None = None

    def rows(self) -> list[Row]:
        """The objects of a v4 list."""
        return [row for row in self.payload if isinstance(row, dict)] if isinstance(self.payload, list) else []

    def get(self, key: str) -> Any:
        """One value of the payload, None where there is none."""
        return self.payload.get(key) if isinstance(self.payload, dict) else None


# --- envelopes ------------------------------------------------------------------------------------------------------


def open_envelope(operation: str, answer: Answer, secrets: Sequence[str] = ()) -> Reply:
    """Read an answer by the envelope of its generation (facts, sections 3.2, 4.1 and 4.2)."""
    api, body = ENDPOINTS[operation].api, answer.json
    if isinstance(body, dict):
        return {"v2": _open_v2, "v4": _open_v4, "oauth": _open_oauth}[api](operation, answer, body, secrets)
    if answer.held_for is not None:
        return Reply(api, operation, answer, False, 0, "", answer.text, Cause.throttled, {})
    cause = cause_of(api, operation, answer.status, "", "") if answer.status else Cause.transient
    return Reply(
        api, operation, answer, False, answer.status, "", answer.text or f"HTTP {answer.status}", cause, {}
    )  # fmt: skip


def _open_v2(operation: str, answer: Answer, body: Row, secrets: Sequence[str]) -> Reply:
    """`status` decides, never the HTTP code; and an OK whose message says "failed" is none (facts, section 3.2)."""
    code = str(body.get("status") or "").upper()
    code = code if code in ("OK", "ERROR") else ""
    text = redact(str(body.get("message") or ""), secrets)
    if code == "OK" and not said_failed(text):
        return Reply("v2", operation, answer, True, answer.status, code, text, None, body)
    cause = cause_of("v2", operation, answer.status, code, text)
    return Reply("v2", operation, answer, False, answer.status, code, text or f"HTTP {answer.status}", cause, body)


def _open_v4(operation: str, answer: Answer, body: Row, secrets: Sequence[str]) -> Reply:
    """Both the HTTP status and `meta.http_status` must say 2xx (facts, section 4.2)."""
    meta = body.get("meta") if isinstance(body.get("meta"), dict) else {}
    said = whole((meta or {}).get("http_status"))
    errors = [e for e in body.get("errors") or [] if isinstance(e, dict)]
    if answer.status // 100 == 2 and said is not None and said // 100 == 2:
        total = whole((meta or {}).get("total"))
        return Reply("v4", operation, answer, True, said, "", "", None, body.get("data"), total)
    status = said if said is not None and answer.status // 100 == 2 else answer.status
    code = str(errors[0].get("code") or "") if errors else ""
    text = redact("; ".join(str(e.get("message") or "") for e in errors), secrets) or f"HTTP {status}"
    cause = cause_of("v4", operation, status, code, text)
    return Reply("v4", operation, answer, False, status, redact(code, secrets), text, cause, body.get("data"))


def _open_oauth(operation: str, answer: Answer, body: Row, secrets: Sequence[str]) -> Reply:
    """A token call: an answer without an access token is none, whatever its status."""
    if answer.status // 100 == 2 and body.get("access_token") and not body.get("error"):
        return Reply("oauth", operation, answer, True, answer.status, "", "", None, body)
    code = redact(str(body.get("error") or ""), secrets)
    text = redact(str(body.get("error_description") or ""), secrets) or f"HTTP {answer.status}"
    cause = cause_of("oauth", operation, answer.status, code, text)
    return Reply("oauth", operation, answer, False, answer.status, code, text, cause, {})


def whole(value: Any) -> int | None:
    """A whole number, printed as a number or as text (facts, section 6); None where it is neither."""
    try:
        return int(float(value))
    except (TypeError, ValueError):
        return None


def _sign_of(operation: str, answer: Answer) -> Sign:
    cause = open_envelope(operation, answer).cause
    if cause is Cause.throttled:
        return Sign.throttled
    return Sign.transient if cause is Cause.transient else Sign.final


# --- the client -----------------------------------------------------------------------------------------------------


class BukalapakClient:
    """One shop's calls."""

    def __init__(self, access: ShopAccess, grants: GrantSource, clock: Clock, transport: Transport) -> None:
        self.access = access
        self.noticing = Noticing(vocabulary())
        self._grants, self._clock, self._transport = grants, clock, transport

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
        """Send one call; renew the v4 token once and say it again if only the token was refused.

        Raises:
            AuthError: there is no token to send it with, or the second one was refused too.
            MarketplaceError: the token could not be refreshed. Nothing was sent.
        """
        if ENDPOINTS[operation].api == "v2":
            return self._once(operation, places, params, body, parts, None)
        return with_grant(
            self._grants, lambda grant: self._once(operation, places, params, body, parts, grant), _token_refused
        )

    def read(self, operation: str, places: Mapping[str, str] | None = None, params: Params = ()) -> Reply:
        """Send one read.

        Raises:
            MarketplaceError: it failed; `Transient` and `AuthError` where they say more.
        """
        reply = self.exchange(operation, places, params)
        if not reply.ok:
            raise self.error(reply)
        return reply

    def error(self, reply: Reply) -> MarketplaceError:
        """A failed reply as a typed error."""
        return error_of(reply, self._clock.now())

    def trade(self, body: Mapping[str, str]) -> Reply:
        """A token call, its secrets in a JSON body: one of the four forms seen, and none of it in an address (4.1)."""
        secrets = tuple(v for k, v in body.items() if k in ("code", "refresh_token"))
        return self._once("token", None, (), json.dumps(dict(body)), (), None, secrets)

    def pages(self, operation: str, params: Params) -> Iterator[Row]:
        """Every row of a v4 list, each id once, lazily.

        Offsets are unstable while the list changes (facts, section 4.3): pages overlap, and where fewer rows were
        seen than the list says it has, it is read again.

        Raises:
            Transient: after several passes rows are still missing; nothing may be concluded from that.
        """
        seen: set[str] = set()
        for _ in range(PASSES):
            total = 0
            for rows, said in self._turn(operation, params):
                total = said if said is not None else total
                for row in rows:
                    if row.get("id") is not None and (key := str(row["id"])) not in seen:
                        seen.add(key)
                        yield row
            if len(seen) >= total:
                return
        text = kept("the list names {total} rows and showed {seen}", total=total, seen=len(seen))
        raise Transient(Cause.transient, "incomplete_list", text)

    def _turn(self, operation: str, params: Params) -> Iterator[tuple[list[Row], int | None]]:
        offset = 0
        while True:
            reply = self.read(operation, None, [*params, ("limit", str(PAGE)), ("offset", str(offset))])
            rows = reply.rows()
            yield rows, reply.total
            if len(rows) < PAGE or (reply.total is not None and offset + len(rows) >= reply.total):
                return
            offset += PAGE - OVERLAP_ROWS

    def _once(
        self,
        operation: str,
        places: Mapping[str, str] | None,
        params: Params,
        body: str | None,
        parts: Parts,
        grant: Grant | None,
        also_secret: tuple[str, ...] = (),
    ) -> Reply:
        endpoint = ENDPOINTS[operation]
        secrets = (*self._secrets(grant), *also_secret)
        host = self.access.accounts if endpoint.api == "oauth" else self.access.base
        url = host + endpoint.path.format(**{k: quote(v, safe="") for k, v in (places or {}).items()})
        content = body.encode() if body is not None else None  # bytes, not characters, are counted (6, no. 11)
        request = Request(
            endpoint.method, url, tuple(params), content, parts, secrets, self._credentials(endpoint, grant)
        )  # fmt: skip
        answer = self._transport.send(
            lambda: request, lambda a: _sign_of(operation, a), endpoint.safety, self._keys(operation)
        )  # fmt: skip
        reply = open_envelope(operation, answer, secrets)
        self._notice(reply, body, secrets)
        return reply

    def _notice(self, reply: Reply, sent: str | None, secrets: tuple[str, ...]) -> None:
        answer, code = reply.answer, reply.code
        self.noticing.answered(reply.operation, answer.json)
        if reply.api == "v2" and code:  # v2 knows no codes: its words are what can be unknown
            code = redact(reply.text, secrets, 80)
        self.noticing.refused(reply.operation, reply.cause, code, reply.text, secrets)
        self.noticing.saw(*shown(reply.operation, reply.api, answer.status, answer.json, reply.ok, reply.cause, sent))

    def _credentials(self, endpoint: Endpoint, grant: Grant | None) -> tuple[tuple[str, str], ...]:
        # What partners call themselves; whether it is demanded is UNCONFIRMED (facts, section 4.1).
        agent = ("User-Agent", f"Bukalapak/TUA(Partner;{self.access.client_id};+https://www.bukalapak.com)")
        if endpoint.api == "v2":
            return (("Authorization", basic(self.access.user_id, self.access.token)), agent)
        return (("Authorization", f"Bearer {grant.access_token}"), agent) if grant is not None else (agent,)

    def _secrets(self, grant: Grant | None) -> tuple[str, ...]:
        pair = basic(self.access.user_id, self.access.token).removeprefix("Basic ")
        tokens = (grant.access_token, grant.refresh_token) if grant else ()
        return (self.access.token, self.access.client_secret, self.access.client_id, pair, *tokens)

    def _keys(self, operation: str) -> dict[str, str]:
        app = f"{self.access.base} {self.access.client_id}"
        return {"app": app, "shop": f"{self.access.base} {self.access.shop_id}", "operation": operation}


def _token_refused(reply: Reply) -> bool:
    """True where a fresh access token would help: 401, or code 10001 (facts, section 4.2)."""
    return reply.api == "v4" and not reply.ok and (reply.status == 401 or reply.code == "10001")


def local(moment: datetime) -> str:
    """A moment as the filters of v4 want it: ISO 8601 in local time +07:00 (facts, section 2)."""
    return moment.astimezone(WIB).isoformat(timespec="seconds")
