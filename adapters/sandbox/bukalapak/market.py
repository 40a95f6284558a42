"""Bukalapak as the server sees it: two generations on one address, each with its own gate and envelope."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.clock import Clock
from adapters.sandbox.bukalapak import auth, door, v2, v4
from adapters.sandbox.bukalapak.behind import Behind
from adapters.sandbox.bukalapak.context import SETTLE_S, USER, Context, RefusalV2, RefusalV4, tree
from adapters.sandbox.bukalapak.state import Grant, dumped, restored
from adapters.sandbox.config_writer import ChannelLines
from adapters.sandbox.limits import Window, delay_s
from adapters.sandbox.market import Reply, Request

TOKEN, CONSENT, UPLOAD = "/oauth/token", "/oauth/authorize", "/v2/images.json"
AGENT = re.compile(r"Bukalapak/TUA\(Partner;")


@dataclass(frozen=True, slots=True)
class Ask:
    """One call, taken apart."""

    query: Mapping[str, str]
    many: Mapping[str, list[str]]
    body: Mapping[str, Any]
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call that exists. `write` = it would change a listing."""

    method: str
    pattern: re.Pattern[str]
    do: Callable[[Context, Ask], Any]
    write: bool = False


def _at(path: str) -> re.Pattern[str]:
    return re.compile("^" + path.replace(".", r"\.").replace("{}", "([^/]+?)") + "$")


def _whole(ask: Ask, name: str, default: int) -> int:
    text = ask.query.get(name, str(default))
    return int(text) if text.isdecimal() and int(text) > 0 else default


def _mine(here: Context, ask: Ask) -> Any:
    return v2.mine(here, "not_for_sale_only" in ask.query, _whole(ask, "page", 1), _whole(ask, "per_page", 20))


def _v2_attributes(here: Context, ask: Ask) -> Any:
    number = int(ask.path[0]) if ask.path[0].isdecimal() else 0
    return {"attributes": v2.attributes(here, number)}


OLDER: tuple[Operation, ...] = (
    Operation("GET", _at("/v2/images/status/{}.json"), lambda h, a: v2.picture_status(h, a.path[0])),
    Operation("GET", _at("/v2/products/mylapak.json"), _mine),
    Operation("GET", _at("/v2/products/{}.json"), lambda h, a: {"product": v2.detail(h, v2.find(h, a.path[0]))}),
    Operation("POST", _at("/v2/products.json"), lambda h, a: v2.create(h, a.body), write=True),
    Operation("PUT", _at("/v2/products/{}/sold.json"), lambda h, a: v2.sell_off(h, a.path[0]), write=True),
    Operation("PUT", _at("/v2/products/{}/relist.json"), lambda h, a: v2.relist(h, a.path[0]), write=True),
    Operation("PUT", _at("/v2/products/{}.json"), lambda h, a: v2.change(h, a.path[0], a.body), write=True),
    Operation("DELETE", _at("/v2/products/{}.json"), lambda h, a: v2.delete(h, a.path[0]), write=True),
    Operation("GET", _at("/v2/categories.json"), lambda h, _: {"categories": v2.categories(h)}),
    Operation("GET", _at("/v2/categories/{}/attributes.json"), _v2_attributes),
    # Says OK, and rejects nothing: the sheet's own trap (3.2).
    Operation("PUT", _at("/v2/transactions/reject.json"), lambda _h, _a: {"message": "Failed to reject"}),
)
NEWER: tuple[Operation, ...] = (
    Operation("GET", _at("/me"), lambda h, _: v4.me(h)),
    Operation("GET", _at("/stores/me/products"), lambda h, a: v4.products(h, a.query)),
    Operation("GET", _at("/products/{}"), lambda h, a: v4.product(h, a.path[0])),
    Operation("PATCH", _at("/products/{}/skus/{}"), lambda h, a: v4.patch(h, a.path[0], a.path[1], a.body), write=True),
    Operation("GET", _at("/categories"), lambda h, _: v2.categories(h)),
    Operation("GET", _at("/_partners/categories/{}/attributes"), lambda h, a: v4.attributes(h, a.path[0])),
    Operation("GET", _at("/info/carriers"), lambda _h, _a: tree()["carriers"]),
    Operation("GET", _at("/transactions"), lambda h, a: v4.transactions(h, a.many)),
    Operation("GET", _at("/transactions/{}"), lambda h, a: v4.transaction(h, a.path[0])),
    Operation("PUT", _at("/transactions/{}/status"), lambda h, a: v4.set_status(h, a.path[0], a.body)),
)
LISTS = ("/v2/products/mylapak.json", "/stores/me/products", "/transactions")


class BukalapakMarket:
    """One Bukalapak shop behind one partner app."""

    marketplace = "bukalapak"
    channel = door.CHANNEL

    def __init__(self, seed: int, clock: Clock, positions: Mapping[str, str], fast: bool) -> None:
        self.here, self.fast = Context(clock, positions, fast), fast
        self.token, self.client_secret = door.secret(seed, "token"), door.secret(seed, "client")
        self.settle_s = delay_s(SETTLE_S, fast)
        self.calls: Counter[str] = Counter()
        self.rate = Window(60 if fast else 0, 1.0)
        self.hidden = Window(0, 1.0)
        self._given: dict[int, Grant] = {}

    # --- the door ----------------------------------------------------------------------------------------------------

    def credentials(self) -> dict[str, Any]:
        """A grant for a client of one's own, apart from the written config's."""
        return door.credentials(self._grant(0), self.token)

    def auth_url(self, base: str) -> str:
        """The consent page."""
        return door.auth_url(base)

    def config_lines(self, base: str) -> ChannelLines:
        """The lines of a config of ours, with a grant of their own."""
        self._grant(0)  # the client's is always the first
        rate = self.rate.count
        return door.config_lines(self.here, self._grant(1), self.token, self.client_secret, base, rate)

    def _grant(self, number: int) -> Grant:
        if number not in self._given:
            self._given[number] = door.grant(self.here, number)
        return self._given[number]

    # --- calls -------------------------------------------------------------------------------------------------------

    def is_token(self, path: str) -> bool:
        """Token calls are spared by faults that do not name them."""
        return path == TOKEN

    def plays(self, path: str, kind: str) -> bool:
        """Whether a fault means anything to a call of this path."""
        match kind:
            case "lose_refresh":
                return path == TOKEN
            case "expire_token":
                return any(operation.pattern.match(path) for operation in NEWER)
            case "empty_page" | "stale_read":
                return path in LISTS
            case "reject_row":
                return any(o.pattern.match(path) and o.write for o in (*OLDER, *NEWER))
            case "throttle":
                return path != TOKEN
            case _:
                return False

    def apply(self, request: Request) -> Reply:
        """One call, by its generation."""
        here = self.here
        here.fault, here.late_by = request.fault, request.late_by
        if request.path == CONSENT:
            return Reply(302, b"", headers={"Location": auth.consent(here, request.query)})
        if request.path == TOKEN:
            return self._token(request)
        if request.path.startswith("/v2/"):
            return self._older(request)
        return self._newer(request)

    def _token(self, request: Request) -> Reply:
        kind = request.headers.get("content-type", "")
        try:
            answer = auth.token(self.here, self.client_secret, kind, request.body, request.query)
        except auth.Invalid as refusal:
            body = {"error": refusal.code, "error_description": "(invented) the grant is not good"}
            return Reply(401, json.dumps(body).encode())
        return Reply(200, json.dumps(answer).encode())

    # --- v2 ----------------------------------------------------------------------------------------------------------

    def _older(self, request: Request) -> Reply:
        try:
            self._paced(request)
            basic = base64.b64encode(f"{USER}:{self.token}".encode()).decode()
            if request.headers.get("authorization") != f"Basic {basic}" or not self.here.shop.authorised:
                raise RefusalV2("(invented) Anda tidak berhak", 403)
            answer = self._do_older(request)
        except RefusalV2 as refusal:
            body = {"status": "ERROR", "id": None, "message": refusal.text}
            return Reply(refusal.status, json.dumps(body).encode())
        except RefusalV4 as refusal:  # the edge's own answer
            return Reply(refusal.status, b"<html>slow down</html>", "text/html")
        return Reply(200, json.dumps({"status": "OK", "message": None, **answer}).encode())

    def _do_older(self, request: Request) -> dict[str, Any]:
        if request.path == UPLOAD and request.method == "POST":
            return v2.upload(self.here, request.headers.get("content-type", ""), request.body)
        operation, ask = self._found(request, OLDER)
        if operation is None:
            raise RefusalV2("(invented) Alamat tidak ditemukan", 404)
        if operation.write and self.here.fault == "reject_row":
            raise RefusalV2("(invented) Data tidak dapat disimpan")
        answer: dict[str, Any] = operation.do(self.here, ask)
        return answer

    # --- v4 ----------------------------------------------------------------------------------------------------------

    def _newer(self, request: Request) -> Reply:
        try:
            self._paced(request)
            self._admit(request)
            operation, ask = self._found(request, NEWER)
            if operation is None:
                raise RefusalV4(404, 10404, "(invented) no such call")
            if operation.write and self.here.fault == "reject_row":
                raise RefusalV4(422, 10499, "(invented) it cannot be saved")
            return self._success(operation.do(self.here, ask))
        except RefusalV4 as refusal:
            return self._failure(refusal)

    def _admit(self, request: Request) -> None:
        header = request.headers.get("authorization", "")
        access = header.removeprefix("Bearer ") or next(iter(request.query.get("access_token", [])), "")
        if self.here.fault == "expire_token":
            auth.expire(self.here, access)
        if not auth.admits(self.here, access):
            raise RefusalV4(401, 10001, "You are not authorized")
        if self.here.on("user_agent", "demanded") and not AGENT.match(request.headers.get("user-agent", "")):
            raise RefusalV4(403, 10003, "(invented) User-Agent is not a partner's")

    def _success(self, value: Any) -> Reply:
        data, more = value if isinstance(value, tuple) else (value, {})
        body: dict[str, Any] = {"data": data, "meta": {"http_status": 200, **more}}
        if self.here.on("errors_key", "empty"):
            body["errors"] = []
        return Reply(200, json.dumps(body).encode())

    def _failure(self, refusal: RefusalV4) -> Reply:
        """Refused data may come with HTTP 200 and the truth in meta alone (trap 2)."""
        body = {"errors": [{"code": refusal.code, "message": refusal.text}], "meta": {"http_status": refusal.status}}
        hidden = refusal.status in (400, 422) and self.here.on("meta_status", "only_meta")
        return Reply(200 if hidden else refusal.status, json.dumps(body).encode())

    # --- both --------------------------------------------------------------------------------------------------------

    def _found(self, request: Request, operations: tuple[Operation, ...]) -> tuple[Operation | None, Ask]:
        for operation in operations:
            match = operation.pattern.match(request.path)
            if match is not None and operation.method == request.method:
                self.calls["writes" if operation.write else "reads"] += 1
                one = {name: values[0] for name, values in request.query.items()}
                return operation, Ask(one, request.query, _body(request), match.groups())
        return None, Ask({}, {}, {}, ())

    def _paced(self, request: Request) -> None:
        if request.late_by:
            return  # let in when it came
        moment = self.here.clock.monotonic()
        if self.here.fault == "throttle" or not self.rate.admit(moment) or not self.hidden.admit(moment):
            self.calls["throttled"] += 1
            raise RefusalV4(429, 10429, "(invented) too many requests")

    # --- behind the scenes -------------------------------------------------------------------------------------------

    def control(self, method: str, name: str, body: Any) -> Any:
        """A call of the sandbox's own."""
        shop = self.here.shop
        match method, name:
            case "GET", "calls":
                counted = {key: self.calls[key] for key in ("reads", "writes", "throttled")}
                return {**counted, "raised_over_sale": shop.raised_over_sale, "oversold": shop.oversold}
            case "DELETE", "calls":
                self.calls.clear()
                shop.raised_over_sale = shop.oversold = 0
                return {}
            case "PUT", "settings":
                return self._set(body or {})
            case _:
                self.here.fault, self.here.late_by = None, 0.0
                return Behind(self.here).call(method, name, body)

    def _set(self, body: Mapping[str, Any]) -> dict[str, Any]:
        for name, value in body.items():
            match name:
                case "rate_per_s":
                    self.rate = Window(int(value or 0), 1.0)
                case "hidden_limit":
                    self.hidden = Window(int(value or 0), 1.0)
                case "review_delay_s":
                    continue  # nothing is reviewed here
                case _:
                    raise ValueError(f"no setting '{name}'")
        return {}

    def dump(self) -> str:
        """The shop as JSON."""
        return dumped(self.here.shop)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take a dumped shop."""
        self.here.shop = restored(json.dumps(state))


def _body(request: Request) -> Mapping[str, Any]:
    if not request.body:
        return {}
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if isinstance(body, dict):
        return body
    if request.path.startswith("/v2/"):
        raise RefusalV2("(invented) Data tidak dapat dibaca")
    raise RefusalV4(400, 10002, "(invented) body is not JSON")


def open_market(seed: int, clock: Clock, positions: Mapping[str, str], fast: bool) -> BukalapakMarket:
    """An empty shop; `positions` of every switch."""
    return BukalapakMarket(seed, clock, positions, fast)
