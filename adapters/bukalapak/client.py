"""Typed calls to Bukalapak: two generations, two credentials, two envelopes (facts, sections 2 to 4).

The older one (v2) knows Basic `user_id:token` and says how it went in `status`, whatever HTTP says; the newer one (v4)
knows a Bearer token and may hide its status in `meta.http_status`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from adapters.bukalapak.causes import cause_of
from adapters.clock import Clock
from adapters.contract import AuthError, Cause, Grant, GrantSource, MarketplaceError, Transient
from adapters.redaction import redact
from adapters.transport import Answer, Request, Safety, Sign, Transport

PRODUCTION, ACCOUNTS = "https://api.bukalapak.com", "https://accounts.bukalapak.com"
PAGE = 50
QUOTA_WAIT = timedelta(hours=6)
"""Upload quotas are daily, weekly and monthly; which one is full is not said (facts, section 4.3)."""


@dataclass(frozen=True, slots=True)
class ShopAccess:
    """Which shop, and both its credentials. `host` None = the live hosts."""

    shop_id: str
    user_id: str
    token: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)
    host: str | None = None
    redirect: str | None = None

    @property
    def base(self) -> str:
        """Where both generations answer."""
        return (self.host or PRODUCTION).rstrip("/")

    @property
    def accounts(self) -> str:
        """Where tokens are given out."""
        return (self.host or ACCOUNTS).rstrip("/")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Generation, path ({} = ids), verb, and what may be said again."""

    older: bool
    path: str
    method: str
    safety: Safety


def _old(path: str, method: str, safety: Safety) -> Endpoint:
    return Endpoint(True, f"/v2/{path}", method, safety)


ENDPOINTS: Mapping[str, Endpoint] = {
    "upload": _old("images.json", "POST", Safety.repeatable),
    "create": _old("products.json", "POST", Safety.once),
    "update": _old("products/{}.json", "PUT", Safety.repeatable),
    "sold": _old("products/{}/sold.json", "PUT", Safety.repeatable),
    "relist": _old("products/{}/relist.json", "PUT", Safety.once),  # each one sets the stock to 0
    "detail": _old("products/{}.json", "GET", Safety.read),
    "sku": Endpoint(False, "/products/{}/skus/{}", "PATCH", Safety.never),
    "me": Endpoint(False, "/me", "GET", Safety.read),
    "products": Endpoint(False, "/stores/me/products", "GET", Safety.read),
    "product": Endpoint(False, "/products/{}", "GET", Safety.read),
    "categories": Endpoint(False, "/categories", "GET", Safety.read),
    "attributes": Endpoint(False, "/_partners/categories/{}/attributes", "GET", Safety.read),
    "transactions": Endpoint(False, "/transactions", "GET", Safety.read),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with its envelope opened. `payload` = data (v4) or the whole body (v2)."""

    operation: str
    answer: Answer
    ok: bool
    code: str
    text: str
    cause: Cause | None
    payload: Any
    total: int = 0

    def rows(self) -> list[Mapping[str, Any]]:
        """The payload's list of objects; empty where it is none."""
        return [row for row in self.payload if isinstance(row, dict)] if isinstance(self.payload, list) else []

    def get(self, key: str) -> Any:
        """One value of the payload, None where there is none."""
        return self.payload.get(key) if isinstance(self.payload, dict) else None


def open_envelope(operation: str, answer: Answer, older: bool, secrets: Sequence[str] = ()) -> Reply:
    """Read either envelope."""
    body = answer.json
    if not isinstance(body, dict):
        if answer.held_for is not None:
            return Reply(operation, answer, False, "", answer.text, Cause.throttled, None)
        cause = cause_of(operation, answer.status, "", "") if answer.status else Cause.transient
        return Reply(operation, answer, False, "", answer.text or f"HTTP {answer.status}", cause, None)
    return _older(operation, answer, body, secrets) if older else _newer(operation, answer, body, secrets)


def _older(operation: str, answer: Answer, body: Mapping[str, Any], secrets: Sequence[str]) -> Reply:
    """`status` alone decides, not HTTP (facts, section 3.2)."""
    text = redact(str(body.get("message") or ""), secrets)
    if body.get("status") == "OK":
        return Reply(operation, answer, True, "", text, None, body)
    status = answer.status if body.get("status") == "ERROR" or answer.status >= 400 else 200
    return Reply(operation, answer, False, "", text or f"HTTP {answer.status}",
                 cause_of(operation, status, "", text), None)  # fmt: skip


def _newer(operation: str, answer: Answer, body: Mapping[str, Any], secrets: Sequence[str]) -> Reply:
    """Both statuses must be good: HTTP's, and that of `meta` (facts, section 4.2)."""
    meta = body.get("meta") if isinstance(body.get("meta"), dict) else {}
    status = max(answer.status, int((meta or {}).get("http_status") or 0))
    errors = [error for error in body.get("errors") or [] if isinstance(error, dict)]
    if 200 <= status < 300 and not errors:
        return Reply(operation, answer, True, "", "", None, body.get("data"), int((meta or {}).get("total") or 0))
    first = errors[0] if errors else {}
    code, text = str(first.get("code") or ""), redact(str(first.get("message") or f"HTTP {status}"), secrets)
    return Reply(operation, answer, False, code, text, cause_of(operation, status, code, text), None)


class BukalapakClient:
    """One shop's calls."""

    def __init__(self, access: ShopAccess, grants: GrantSource, clock: Clock, transport: Transport) -> None:
        self.access = access
        self._grants, self._clock, self._transport = grants, clock, transport

    def exchange(
        self, operation: str, about: Sequence[str] = (), body: str | None = None,
        query: Sequence[tuple[str, str]] = (), parts: tuple[tuple[str, str, bytes, str], ...] = (),
    ) -> Reply:  # fmt: skip
        """Send one call; the newer generation's token is renewed once if only it was refused.

        Raises:
            AuthError: there is no token, or the renewed one was refused too.
        """
        if ENDPOINTS[operation].older:
            return self._once(operation, about, body, query, parts, None)
        grant = self._grants.grant()
        reply = self._once(operation, about, body, query, parts, grant)
        if not _token_refused(reply):
            return reply
        # Refused at the gate, so surely not applied: even a stock number may be said again.
        reply = self._once(operation, about, body, query, parts, self._grants.renew(grant))
        if _token_refused(reply):
            raise AuthError(Cause.auth, reply.code, reply.text)
        return reply

    def read(self, operation: str, about: Sequence[str] = (), query: Sequence[tuple[str, str]] = ()) -> Reply:
        """Send one read.

        Raises:
            MarketplaceError: it failed; `Transient` and `AuthError` where they say more.
        """
        reply = self.exchange(operation, about, query=query)
        if not reply.ok:
            raise self.error(reply)
        return reply

    def error(self, reply: Reply) -> MarketplaceError:
        """A failed reply as a typed error."""
        cause = reply.cause or Cause.unknown
        if cause is Cause.auth:
            return AuthError(cause, reply.code, reply.text)
        if cause in (Cause.transient, Cause.throttled, Cause.quota):
            return Transient(cause, reply.code, reply.text, self.not_before(reply))
        return MarketplaceError(cause, reply.code, reply.text)

    def not_before(self, reply: Reply) -> datetime | None:
        """When trying again makes sense, where that can be said."""
        if reply.cause is Cause.quota:
            return self._clock.now() + QUOTA_WAIT
        if reply.cause is Cause.throttled:
            wait = max(reply.answer.held_for or 0.0, reply.answer.retry_after or 0.0, 1.0)
            return self._clock.now() + timedelta(seconds=wait)
        return None

    def pages(self, operation: str, query: Sequence[tuple[str, str]]) -> Iterator[Mapping[str, Any]]:
        """Rows by offset, each id once: pages shift while they are turned (facts, section 4.3)."""
        seen: set[str] = set()
        offset = 0
        while True:
            rows = self.read(operation, query=[*query, ("limit", str(PAGE)), ("offset", str(offset))]).rows()
            for row in rows:
                if str(row.get("id")) not in seen:
                    seen.add(str(row.get("id")))
                    yield row
            # A row that moved up meanwhile would be missed: pages overlap by a tenth.
            offset += PAGE - PAGE // 10
            if len(rows) < PAGE:
                return

    def trade(self, body: Mapping[str, str]) -> Answer:
        """A token call, as JSON (one of the four encodings that clients use; facts, section 4.1)."""
        sent = {"client_id": self.access.client_id, "client_secret": self.access.client_secret, **body}
        secrets = tuple(value for key, value in sent.items() if key not in ("client_id", "grant_type"))
        request = Request("POST", f"{self.access.accounts}/oauth/token", (), json.dumps(sent).encode(), (), secrets)

        def sign_of(answer: Answer) -> Sign:
            return Sign.throttled if answer.status == 429 else Sign.final

        return self._transport.send(lambda: request, sign_of, Safety.once, self._keys("token"))

    # --- parts of a call ---------------------------------------------------------------------------------------------

    def _once(
        self, operation: str, about: Sequence[str], body: str | None, query: Sequence[tuple[str, str]],
        parts: tuple[tuple[str, str, bytes, str], ...], grant: Grant | None,
    ) -> Reply:  # fmt: skip
        endpoint = ENDPOINTS[operation]
        path = endpoint.path
        for one in about:
            path = path.replace("{}", one, 1)
        secrets = self._secrets(grant)
        request = Request(
            endpoint.method, self.access.base + path, tuple(query), body.encode() if body is not None else None, parts,
            secrets, self._headers(grant),
        )  # fmt: skip

        def sign_of(answer: Answer) -> Sign:
            cause = open_envelope(operation, answer, endpoint.older).cause
            if cause is Cause.throttled:
                return Sign.throttled
            return Sign.transient if cause is Cause.transient else Sign.final

        answer = self._transport.send(lambda: request, sign_of, endpoint.safety, self._keys(operation))
        return open_envelope(operation, answer, endpoint.older, secrets)

    def _headers(self, grant: Grant | None) -> tuple[tuple[str, str], ...]:
        agent = f"Bukalapak/TUA(Partner;{self.access.client_id};+https://www.bukalapak.com)"
        if grant is not None:
            return (("Authorization", f"Bearer {grant.access_token}"), ("User-Agent", agent),
                    ("Accept", "application/vnd.bukalapak.v4+json"))  # fmt: skip
        return (("Authorization", basic(self.access.user_id, self.access.token)), ("User-Agent", agent))

    def _keys(self, operation: str) -> dict[str, str]:
        app = f"{self.access.base} {self.access.client_id}"
        return {"app": app, "shop": f"{app} {self.access.shop_id}", "operation": operation}

    def _secrets(self, grant: Grant | None) -> tuple[str, ...]:
        tokens = (grant.access_token, grant.refresh_token) if grant else ()
        return (self.access.token, self.access.client_secret, basic(self.access.user_id, self.access.token), *tokens)


def basic(user_id: str, token: str) -> str:
    """The older generation's credential."""
    return "Basic " + base64.b64encode(f"{user_id}:{token}".encode()).decode()


def _token_refused(reply: Reply) -> bool:
    return reply.cause is Cause.auth and (reply.code == "10001" or reply.answer.status == 401)


def dump(body: Mapping[str, Any]) -> str:
    """JSON text, the same bytes for the same values."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
