"""Blibli as the server sees it: the gate, the two families of calls, and the limits."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from adapters.clock import Clock
from adapters.sandbox.blibli import changing, door, orders, queues, reading, submitting
from adapters.sandbox.blibli.behind import Behind
from adapters.sandbox.blibli.context import SETTLE_S, STORE, Context, Refusal
from adapters.sandbox.blibli.state import Queue, dumped, restored
from adapters.sandbox.config_writer import ChannelLines
from adapters.sandbox.limits import Window, delay_s
from adapters.sandbox.market import Reply, Request

ROOT = "/v2/proxy"
MTA, SELLER = f"{ROOT}/mta/api/businesspartner", f"{ROOT}/seller/v1"
SIGNED_FOR_S = 15 * 60
WIB = ZoneInfo("Asia/Jakarta")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Ask:
    """One call, taken apart. `path` = what the pattern of its path caught."""

    query: Mapping[str, str]
    body: Mapping[str, Any]
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call that exists: what it is named in the limits, and what it does. `write` = it would change a listing."""

    name: str
    method: str
    pattern: re.Pattern[str]
    do: Callable[[Context, Ask], Any]
    write: bool = False
    key: Callable[[Ask], str] | None = None
    """What its limit counts by, besides the store: a SKU, a queue, a category."""


def _at(path: str) -> re.Pattern[str]:
    return re.compile("^" + path.replace("{}", "([^/]+)") + "$")


def _first(ask: Ask) -> str:
    return ask.path[0]


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of rows, in whichever envelope its family has."""

    rows: list[Any]
    meta: Mapping[str, int]


def _listed(pair: tuple[list[Any], dict[str, int]]) -> Listed:
    return Listed(*pair)


def _number(ask: Ask, name: str, default: int) -> int:
    text = ask.query.get(name, str(default))
    if not text.isdecimal():
        raise Refusal("ERR-MA400009", f"(invented) {name} must be a number")
    return int(text)


def _bulk(here: Context, ask: Ask) -> Any:
    return changing.bulk_update(here, ask.body)


OPERATIONS: tuple[Operation, ...] = (
    Operation("create", "POST", _at(f"{MTA}/v2/product/createProduct"),
              lambda h, a: submitting.create_v2(h, a.body), write=True),
    Operation("create", "POST", _at(f"{SELLER}/products/async"),
              lambda h, a: submitting.create_v3(h, a.body), write=True),
    Operation("bulk_update", "POST", _at(f"{MTA}/v1/product/updateProduct"), _bulk, write=True),
    Operation("feed_detail", "GET", _at(f"{MTA}/v1/feed/detail"),
              lambda h, a: reading.feed_detail(h, h.store.queues.get(a.query.get("requestId", "")),
                                               _number(a, "page", 0), _number(a, "size", 100)),
              key=lambda a: a.query.get("requestId", "")),
    Operation("feed_list", "GET", _at(f"{MTA}/v1/feed/list"),
              lambda h, a: reading.feed_list(h, a.query.get("queueDate", ""), a.query.get("queueAction", ""),
                                             a.query.get("status", "FINISHED"))),
    Operation("list_v2", "POST", _at(f"{MTA}/v2/product/getProductList"),
              lambda h, a: _listed(reading.list_v2(h, a.body))),
    Operation("detail", "GET", _at(f"{MTA}/v1/product/detailProduct"),
              lambda h, a: reading.detail_v1(h, a.query.get("gdnSku", "")), key=lambda a: a.query.get("gdnSku", "")),
    Operation("submissions", "GET", _at(f"{MTA}/v2/product/inProcessProduct"),
              lambda h, a: _listed(reading.in_process(h, _number(a, "page", 0), _number(a, "size", 50)))),
    Operation("rejected", "GET", _at(f"{MTA}/v2/product/rejectedProductByMerchantSku"),
              lambda h, a: _listed((reading.rejected(h, a.query.get("merchantSku", "")), {}))),
    Operation("categories", "GET", _at(f"{MTA}/v1/product/getCategory"),
              lambda h, _: _listed((reading.categories(h), {}))),
    Operation("brands", "GET", _at(f"{MTA}/v2/product/getBrands"),
              lambda _, a: _listed(reading.brands(a.query.get("brandName", ""), _number(a, "page", 0),
                                                  _number(a, "size", 50)))),
    Operation("pickup_points", "GET", _at(f"{MTA}/v1/product/getPickupPoint"),
              lambda _h, _a: _listed((door.pickup_points(), {}))),
    Operation("orders", "GET", _at(f"{MTA}/v1/order/orderList"),
              lambda h, a: _listed(orders.listed_v1(h, a.query.get("status", ""), _number(a, "page", 0),
                                                    _number(a, "size", 10)))),
    Operation("create_package", "POST", _at(f"{MTA}/v1/order/createPackage"),
              lambda h, a: {"packageId": orders.package(h, a.body)}),
    Operation("list_v3", "POST", _at(f"{SELLER}/products/filter"), lambda h, a: _listed(reading.list_v3(h, a.body))),
    Operation("archive", "POST", _at(f"{SELLER}/products/statuses/archive"),
              lambda h, a: changing.archive(h, a.body, True), write=True),
    Operation("archive", "POST", _at(f"{SELLER}/products/statuses/unarchive"),
              lambda h, a: changing.archive(h, a.body, False), write=True),
    Operation("stock", "PUT", _at(f"{SELLER}/products/{{}}/stock"),
              lambda h, a: changing.set_stock(h, a.path[0], a.body, a.query.get("pickupPointCode")), write=True),
    Operation("detail_update", "PUT", _at(f"{SELLER}/products/{{}}/detail"),
              lambda h, a: changing.set_detail(h, h.store.of_l3(a.path[0]), a.body), write=True),
    Operation("detail_update", "PUT", _at(f"{SELLER}/{{}}/detail"),
              lambda h, a: changing.set_detail(h, h.store.of_l3(a.path[0]), a.body), write=True),
    Operation("price", "PUT", _at(f"{SELLER}/products/{{}}"),
              lambda h, a: changing.set_price(h, a.path[0], a.body), write=True, key=_first),
    Operation("variants_list", "POST", _at(f"{SELLER}/products/{{}}/variants/filter"),
              lambda h, a: _listed((reading.variants_list(h, h.store.of_l3(a.path[0])), {})), key=_first),
    Operation("variants_set", "POST", _at(f"{SELLER}/products/{{}}/variants"),
              lambda h, a: changing.set_variants(h, h.store.of_l3(a.path[0]), a.body), write=True, key=_first),
    Operation("image_add", "POST", _at(f"{SELLER}/products/{{}}/images"),
              lambda h, a: changing.set_pictures(h, h.store.of_l3(a.path[0]), a.body), write=True, key=_first),
    Operation("revise", "POST", _at(f"{SELLER}/products/{{}}/revision"),
              lambda h, a: submitting.revise(h, h.store.of_l3(a.path[0]), a.body), write=True),
    Operation("submissions", "POST", _at(f"{SELLER}/product-submissions/filter"),
              lambda h, a: _listed(reading.submissions(h, a.body))),
    Operation("revise", "POST", _at(f"{SELLER}/product-submissions/{{}}"),
              lambda h, a: submitting.revise(h, h.store.products.get(a.path[0]), a.body), write=True),
    Operation("attributes", "GET", _at(f"{SELLER}/categories/{{}}/attributes"),
              lambda h, a: _listed((reading.attributes(h, a.path[0]), {})), key=_first),
    Operation("stores", "GET", _at(f"{SELLER}/stores"), lambda _h, _a: {"storeCode": STORE}),
    Operation("logistics", "GET", _at(f"{SELLER}/logistics"), lambda _h, _a: _listed((door.logistics(), {}))),
    Operation("orders", "POST", _at(f"{SELLER}/orders/packages/filter"),
              lambda h, a: _listed(orders.listed(h, a.body))),
    Operation("order_detail", "GET", _at(f"{SELLER}/orders/items/{{}}"),
              lambda h, a: orders.detail(h, a.path[0]), key=_first),
)  # fmt: skip

LIMITS: Mapping[str, tuple[int, float, str]] = {
    "create": (25, 60, "store"), "revise": (25, 60, "store"), "archive": (25, 60, "store"),
    "bulk_update": (25, 60, "store"), "list_v3": (25, 60, "store"), "variants_list": (25, 60, "sku"),
    "stock": (60, 60, "store"), "detail_update": (60, 60, "store"), "price": (5, 3600, "sku"),
    "detail": (5, 1800, "sku"), "variants_set": (10, 1800, "sku"), "image_add": (10, 60, "sku"),
    "feed_detail": (5, 900, "queue"), "feed_list": (360, 86_400, "store"), "categories": (5, 86_400, "store"),
    "attributes": (5, 86_400, "sku"), "brands": (1000, 21_600, "store"), "pickup_points": (10, 86_400, "store"),
    "orders": (100, 1800, "store"), "order_detail": (5, 1800, "sku"), "create_package": (7200, 86_400, "store"),
}  # fmt: skip
"""Calls, seconds, and what they are counted by (facts, section 6). `sku` stands for whatever the call is about."""

ROWS = frozenset({"create", "bulk_update"})
LISTS = frozenset({"list_v2", "list_v3", "submissions", "orders", "feed_detail"})


class BlibliMarket:
    """One Blibli store behind one API client."""

    marketplace = "blibli"
    channel = door.CHANNEL

    def __init__(self, keys: door.Keys, clock: Clock, positions: Mapping[str, str], fast: bool) -> None:
        self.keys, self.here, self.fast = keys, Context(clock, positions, fast), fast
        self.settle_s = delay_s(SETTLE_S, fast)
        self.calls: Counter[str] = Counter()
        self.rate = Window(60 if fast else 0, 1.0)
        self.hidden = Window(0, 1.0)
        self.signed, self.published = True, True

    # --- the door ----------------------------------------------------------------------------------------------------

    def credentials(self) -> dict[str, Any]:
        """The keys of the one client and store."""
        return self.keys.credentials(self.signed)

    def auth_url(self, base: str) -> str:  # noqa: ARG002
        """Blibli's owners bind a store in its Seller Center: there is no page to send them to."""
        return ""

    def config_lines(self, base: str) -> ChannelLines:
        """The lines of a config of ours, with the limits in force."""
        return door.config_lines(self.keys, base, LIMITS, self.fast, self.rate.count, self.signed)

    # --- calls -------------------------------------------------------------------------------------------------------

    def is_token(self, path: str) -> bool:  # noqa: ARG002
        """There are no token calls."""
        return False

    def plays(self, path: str, kind: str) -> bool:
        """Whether a fault means anything to a call of this path."""
        names = {operation.name for operation in OPERATIONS if operation.pattern.match(path)}
        match kind:
            case "reject_row" | "partial_batch" | "omit_row" | "stuck_queue":
                return bool(names & ROWS)
            case "empty_page":
                return bool(names & LISTS)
            case "stale_read":
                return bool(names & {"list_v2", "list_v3", "variants_list", "detail"})
            case "throttle":
                return bool(names)
            case _:
                return False

    def apply(self, request: Request) -> Reply:
        """One call: known, let in, paced, done, answered in its family's envelope."""
        here = self.here
        here.fault, here.late_by = request.fault, request.late_by
        self._catch_up()
        known = [(o, o.pattern.match(request.path)) for o in OPERATIONS]
        found = next(((o, m) for o, m in known if m is not None and o.method == request.method), None)
        try:
            if found is None or self._hidden_path(request.path):
                raise Refusal("ERR-PA404000", "(invented) no such call", 404)
            operation, match = found
            self.calls["writes" if operation.write else "reads"] += 1
            ask = self._ask(request, match.groups())
            self._admit(request)
            self._paced(operation, ask)
            return self._answer(request, operation, ask)
        except Refusal as refusal:
            return self._refuse(request, refusal)

    def _hidden_path(self, path: str) -> bool:
        """The detail update stands at one of two paths (switch)."""
        bare = re.match(f"^{SELLER}/[^/]+/detail$", path) is not None
        full = re.match(f"^{SELLER}/products/[^/]+/detail$", path) is not None
        return (bare and self.here.on("detail_path", "products")) or (full and self.here.on("detail_path", "bare"))

    def _answer(self, request: Request, operation: Operation, ask: Ask) -> Reply:
        remembered = self._remembered(ask) if operation.write else None
        if remembered is not None:
            return Reply(200, remembered.encode())
        value = operation.do(self.here, ask)
        if operation.name == "stock" and self.here.on("stock_status", "204"):
            return Reply(204, b"")
        body = json.dumps(self._envelope(request.path, operation, ask, value))
        if operation.write:
            self.here.store.answered[ask.query.get("requestId", "")] = body
        return Reply(200, body.encode())

    def _remembered(self, ask: Ask) -> str | None:
        if self.here.on("request_id", "forgotten"):
            return None
        return self.here.store.answered.get(ask.query.get("requestId", ""))

    def _envelope(self, path: str, operation: Operation, ask: Ask, value: Any) -> dict[str, Any]:
        request_id = ask.query.get("requestId")
        errors: dict[str, Any] = {"errorMessage": None}
        if not self.here.on("error_code_empty", "missing"):
            errors["errorCode"] = "" if self.here.on("error_code_empty", "blank") else None
        if path.startswith(SELLER):
            return self._newer(request_id, errors, value)
        envelope: dict[str, Any] = {"requestId": request_id, "headers": None, **errors, "success": True}
        if isinstance(value, Listed):
            return {**envelope, "content": value.rows, "pageMetaData": dict(value.meta)}
        if operation.name == "feed_list":
            return {**envelope, "content": value}
        if isinstance(value, Queue):
            return self._queued(envelope, value)
        return {**envelope, "value": value}

    def _newer(self, request_id: str | None, errors: Mapping[str, Any], value: Any) -> dict[str, Any]:
        envelope: dict[str, Any] = {"requestId": request_id, **errors}
        if isinstance(value, Listed):
            return {**envelope, "content": value.rows, "paging": dict(value.meta)}
        if isinstance(value, Queue):
            stamp = int(value.at * 1000)
            return {**envelope, "content": {"queueId": value.id, "action": value.action, "timeStamp": stamp}}
        return {**envelope, "content": value}

    def _queued(self, envelope: dict[str, Any], queue: Queue) -> dict[str, Any]:
        """A bulk update names its queue at the top, or in its value (switch); a create always in its value."""
        head = queues.head(queue)
        if queue.action == "updateProduct" and self.here.on("bulk_queue_id", "top"):
            return {**envelope, "requestId": queue.id, "value": None}
        value = {"queueFeedId": head.pop("requestId"), **head}
        return {**envelope, "value": value}

    def _refuse(self, request: Request, refusal: Refusal) -> Reply:
        status = refusal.status or (400 if self.here.on("error_status", "4xx") else 200)
        body: dict[str, Any] = {"requestId": next(iter(request.query.get("requestId", [])), None), "success": False,
                                "errorCode": refusal.code, "errorMessage": refusal.text}  # fmt: skip
        if status == 429:
            return Reply(429, b'{"message":"(invented) too many requests"}')
        return Reply(status, json.dumps(body).encode())

    # --- the gate ----------------------------------------------------------------------------------------------------

    def _ask(self, request: Request, path: tuple[str, ...]) -> Ask:
        body: Any = {}
        if request.body:
            try:
                body = json.loads(request.body)
            except ValueError:
                raise Refusal("ERR-PA400000", "(invented) body is not JSON") from None
        if not isinstance(body, dict):
            raise Refusal("ERR-PA400000", "(invented) body must be an object")
        return Ask({name: values[0] for name, values in request.query.items()}, body, path)

    def _admit(self, request: Request) -> None:
        headers, store = request.headers, self.here.store
        basic = base64.b64encode(f"{self.keys.client_id}:{self.keys.client_key}".encode()).decode()
        if headers.get("authorization") != f"Basic {basic}":
            raise Refusal("ERR-PA401001", "(invented) client is unknown", 401)
        if headers.get("api-seller-key") != self.keys.seller_key:
            raise Refusal("ERR-PA401002", "(invented) Api-Seller-Key is wrong", 401)
        self._signature(request)
        if not store.bound:
            raise Refusal("ERR-PA400054", "(invented) store is not bound to this client", 400)
        self._common(request)

    def _common(self, request: Request) -> None:
        query = {name: values[0] for name, values in request.query.items()}
        for name in ("requestId", "channelId", "username"):
            if not query.get(name):
                raise Refusal("ERR-PA400055", f"(invented) {name} is mandatory")
        if query.get("storeId", "10001") != "10001":
            raise Refusal("ERR-PA400056", "(invented) storeId is 10001")
        if query.get("storeCode", query.get("businessPartnerCode")) != STORE:
            raise Refusal("ERR-PA400057", "(invented) store is unknown")

    def _signature(self, request: Request) -> None:
        stamp = request.headers.get("signature-time", "")
        if not self.signed:
            return
        if not stamp.isdecimal() or abs(int(stamp) / 1000 - self.here.now) > SIGNED_FOR_S:
            raise Refusal("ERR-PA401003", "(invented) Signature-Time is out of time", 401)
        good = signature(self.keys.signature_key, request.method, request.path, request.body, int(stamp))
        if not hmac.compare_digest(good, request.headers.get("signature", "")):
            raise Refusal("ERR-PA401004", "(invented) Signature is wrong", 401)

    def _paced(self, operation: Operation, ask: Ask) -> None:
        here = self.here
        if here.late_by:
            return  # let in when it came
        moment = here.clock.monotonic()
        full = here.fault == "throttle" or not self.rate.admit(moment) or not self.hidden.admit(moment)
        if not full and self.published and operation.name in LIMITS:
            count, seconds, _scope = LIMITS[operation.name]
            about = operation.key(ask) if operation.key else STORE
            full = not here.spend(f"{operation.name} {about}", count, here.window(seconds))
        if full:
            self.calls["throttled"] += 1
            raise Refusal("", "", 429)

    # --- behind the scenes -------------------------------------------------------------------------------------------

    def _catch_up(self) -> None:
        self.here.end_reviews()
        queues.work(self.here, changing.APPLIERS)
        self.here.end_reviews()

    def control(self, method: str, name: str, body: Any) -> Any:
        """A call of the sandbox's own."""
        store = self.here.store
        match method, name:
            case "GET", "calls":
                counted = {key: self.calls[key] for key in ("reads", "writes", "throttled")}
                return {**counted, "raised_over_sale": store.raised_over_sale, "oversold": store.oversold}
            case "DELETE", "calls":
                self.calls.clear()
                store.raised_over_sale = store.oversold = 0
                return {}
            case "PUT", "settings":
                return self._set(body or {})
            case _:
                self.here.fault, self.here.late_by = None, 0.0
                self._catch_up()
                return Behind(self.here).call(method, name, body)

    def _set(self, body: Mapping[str, Any]) -> dict[str, Any]:
        for name, value in body.items():
            match name:
                case "rate_per_s":
                    self.rate = Window(int(value or 0), 1.0)
                case "hidden_limit":
                    self.hidden = Window(int(value or 0), 1.0)
                case "published":
                    self.published = bool(value)
                case "signature_key":
                    self.signed = bool(value)
                case "review_delay_s":
                    self.here.store.review_delay_s = None if value is None else float(value)
                case _:
                    raise ValueError(f"no setting '{name}'")
        return {}

    def dump(self) -> str:
        """The store as JSON."""
        return dumped(self.here.store)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take a dumped store."""
        self.here.store = restored(json.dumps(state))


def signature(key: str, method: str, path: str, body: bytes, stamp_ms: int) -> str:
    """The signature of section 3.3: five lines, the path as it is signed (not as it is called)."""
    local = datetime.fromtimestamp(stamp_ms // 1000, WIB)
    date = (f"{DAYS[local.weekday()]} {MONTHS[local.month - 1]} {local.day:02d} "
            f"{local:%H:%M:%S} WIB {local.year}")  # fmt: skip
    signed = path.split("/proxy", 1)[-1].replace("/mta", "/mtaapi", 1)
    digest = hashlib.md5(body).hexdigest() if body else ""
    kind = "" if method == "GET" else "application/json"
    raw = "\n".join((method, digest, kind, date, signed))
    return base64.b64encode(hmac.new(key.encode(), raw.encode(), hashlib.sha256).digest()).decode()


def open_market(seed: int, clock: Clock, positions: Mapping[str, str], fast: bool) -> BlibliMarket:
    """An empty store; `positions` of every switch."""
    return BlibliMarket(door.keys(seed), clock, positions, fast)
