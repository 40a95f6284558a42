"""Shopee as the server sees it: the gate, the operations, and the calls that look behind the scenes."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from adapters.clock import Clock
from adapters.sandbox.config_writer import ChannelLines
from adapters.sandbox.limits import Pace, delay_s, window_s
from adapters.sandbox.market import Reply, Request, plain
from adapters.sandbox.selling import count_anew, counted
from adapters.sandbox.shopee import auth, door, metadata, numbers, orders, products, push, reading, variations
from adapters.sandbox.shopee.behind import Behind
from adapters.sandbox.shopee.context import SETTLE_S, Context
from adapters.sandbox.shopee.errors import Refusal
from adapters.sandbox.shopee.reference import reference
from adapters.sandbox.shopee.shape import from_body, from_query
from adapters.sandbox.shopee.state import Pair, Shop, restored

PREFIX = "/api/v2"
TOLERANCE_S = 300
AHEAD_S = 30
CONSENT = door.CONSENT
CANCEL = f"{PREFIX}/shop/cancel_auth_partner"
LINK = "/auth"
"""The newer, unsigned link to the consent page (facts, section 2.1)."""

PAGES = (CONSENT, CANCEL, LINK)
VARIATION_TREE = f"{PREFIX}/product/get_variation_tree"
VIOLATIONS = f"{PREFIX}/product/get_item_violation_info"
LIMITS = f"{PREFIX}/product/get_item_limit"
UPLOAD = f"{PREFIX}/media_space/upload_image"
SHOP_SIGNED = {
    UPLOAD: "shop_signed_upload",
    **{f"{PREFIX}/push/{name}": "shop_signed_push" for name in (
        "set_app_push_config", "get_app_push_config", "get_lost_push_message", "confirm_consumed_lost_push_message")},
}  # fmt: skip
"""Public calls that clients sign as a shop's, and the switch that says whether that will do."""

TOKENS = (f"{PREFIX}/auth/token/get", f"{PREFIX}/auth/access_token/get", f"{PREFIX}/public/get_token_by_resend_code")

Operation = Callable[[Context, dict[str, Any]], Any]

OPERATIONS: dict[str, Operation] = {
    f"{PREFIX}/{path}": function
    for path, function in {
        "auth/token/get": auth.token_get,
        "auth/access_token/get": auth.refresh,
        "public/get_shops_by_partner": auth.shops_by_partner,
        "public/get_token_by_resend_code": auth.resent,
        "product/add_item": products.add_item,
        "product/batch_add_item": products.batch_add_item,
        "product/get_batch_task_result": products.get_batch_task_result,
        "product/update_item": products.update_item,
        "product/unlist_item": products.unlist_item,
        "product/delete_item": products.delete_item,
        "product/get_item_list": reading.get_item_list,
        "product/get_item_base_info": reading.get_item_base_info,
        "product/get_item_extra_info": reading.get_item_extra_info,
        "product/get_item_violation_info": reading.get_item_violation_info,
        "product/search_item": reading.search_item,
        "product/get_item_promotion": reading.get_item_promotion,
        "product/init_tier_variation": variations.init_tier_variation,
        "product/update_tier_variation": variations.update_tier_variation,
        "product/add_model": variations.add_model,
        "product/update_model": variations.update_model,
        "product/delete_model": variations.delete_model,
        "product/get_model_list": variations.get_model_list,
        "product/update_price": numbers.update_price,
        "product/update_stock": numbers.update_stock,
        "product/get_category": metadata.get_category,
        "product/get_attribute_tree": metadata.get_attribute_tree,
        "product/get_brand_list": metadata.get_brand_list,
        "product/get_item_limit": metadata.get_item_limit,
        "product/get_variation_tree": metadata.get_variation_tree,
        "product/get_recommend_attribute": metadata.get_recommend_attribute,
        "product/search_attribute_value_list": metadata.search_attribute_value_list,
        "product/category_recommend": metadata.category_recommend,
        "product/register_brand": metadata.register_brand,
        "logistics/get_channel_list": metadata.get_channel_list,
        "shop/get_shop_info": metadata.get_shop_info,
        "shop/get_warehouse_detail": metadata.get_warehouse_detail,
        "shop/get_shop_holiday_mode": metadata.get_shop_holiday_mode,
        "shop/set_shop_holiday_mode": metadata.set_shop_holiday_mode,
        "push/set_app_push_config": push.set_app_push_config,
        "push/get_app_push_config": push.get_app_push_config,
        "push/get_lost_push_message": push.get_lost_push_message,
        "push/confirm_consumed_lost_push_message": push.confirm_consumed_lost_push_message,
        "order/get_order_list": orders.get_order_list,
        "order/get_order_detail": orders.get_order_detail,
    }.items()
}

FLAT = frozenset({*TOKENS, f"{PREFIX}/public/get_shops_by_partner", f"{PREFIX}/shop/get_shop_info"})
"""Answers without a `response` object (facts, section 5)."""

MODULES = frozenset({"product", "order", "warehouse", "media_space", "shop"})
GATE = frozenset({
    "error_param", "error_auth", "error_sign", "error_limit", "error_rate_limit", "invalid_acceess_token",
    "shop_no_linked", "shop_access_expired",
})  # fmt: skip
"""Codes that the gateway gives, without a module's name."""

WRITES = frozenset(
    f"{PREFIX}/product/{name}"
    for name in ("add_item", "batch_add_item", "update_item", "delete_item", "unlist_item", "init_tier_variation",
                 "update_tier_variation", "add_model", "update_model", "delete_model", "update_price", "update_stock")
)  # fmt: skip

LISTS = frozenset(f"{PREFIX}/{name}" for name in ("product/get_item_list", "product/search_item",
                  "product/get_item_base_info", "order/get_order_list"))  # fmt: skip
ROWS = frozenset(f"{PREFIX}/product/{name}" for name in ("update_price", "update_stock", "unlist_item",
                 "batch_add_item"))  # fmt: skip
STALE = frozenset(f"{PREFIX}/product/{name}" for name in ("get_item_list", "search_item", "get_item_base_info",
                  "get_model_list", "get_item_promotion"))  # fmt: skip
PLAYED: dict[str, frozenset[str]] = {
    "reject_row": ROWS, "partial_batch": ROWS, "omit_row": ROWS - {f"{PREFIX}/product/batch_add_item"},
    "empty_page": LISTS, "stale_read": STALE, "stuck_queue": frozenset({f"{PREFIX}/product/batch_add_item"}),
    "lose_refresh": frozenset(TOKENS),
}  # fmt: skip
"""Which calls a fault means anything to."""


class ShopeeMarket:
    """One Shopee shop behind one partner app."""

    marketplace = "shopee"
    channel = door.CHANNEL

    def __init__(self, shop: Shop, clock: Clock, positions: Mapping[str, str], fast: bool) -> None:
        self.here = self.home = Context(shop, clock, dict(positions), fast)
        self.sister = Context(auth.sister(shop), clock, self.home.switches, fast)
        self.fast, self.settle_s = fast, delay_s(SETTLE_S, fast)
        self._given: dict[int, Pair] = {}
        self.calls: Counter[str] = Counter()
        self.pace = Pace(60 if fast else 0, 0 if fast else 100)
        self.quota = 1_000_000
        self._request = 0

    # --- the door ----------------------------------------------------------------------------------------------------

    def credentials(self) -> dict[str, Any]:
        """A grant for a client of one's own, apart from the written config's."""
        return door.credentials(self.home.shop, self._grant(0))

    def auth_url(self, base: str) -> str:
        """The consent page, signed now."""
        return door.auth_url(self.home.shop, self.home.clock, base)

    def config_lines(self, base: str) -> ChannelLines:
        """The lines of a config of ours, with a grant of their own."""
        self._grant(0)  # the client's is always the first
        return door.config_lines(self.home.shop, self._grant(1), base, self.pace.declared or 10, self.fast)

    def _grant(self, number: int) -> Pair:
        if number not in self._given:
            self._given[number] = door.grant(self.home.shop, self.home.clock, number)
        return self._given[number]

    # --- the marketplace's own calls ---------------------------------------------------------------------------------

    def is_token(self, path: str) -> bool:
        """Token calls are spared by faults that do not name them."""
        return path in TOKENS

    def plays(self, path: str, kind: str) -> bool:
        """Whether a fault of this kind means anything to this call."""
        if path not in OPERATIONS and path != UPLOAD:
            return False
        if kind == "expire_token":
            return bool(reference()["operations"][path]["class"] == "Shop")
        return kind not in PLAYED or path in PLAYED[kind]

    def apply(self, request: Request) -> Reply:
        """One call: admitted, checked, done, answered. Failures come with HTTP 200."""
        self._request += 1
        self.here = self._shop_of(request)
        self.here.fault, self.here.late_by = request.fault, request.late_by
        self.here.end_reviews()
        self._count(request.path)
        try:
            if request.path in PAGES:
                return self._page(request)
            self._known(request)
            self._admit(request)
            return self._success(request.path, self._do(request))
        except Refusal as refusal:
            return self._failure(refusal)
        finally:
            push.send_off(self.here)

    def _known(self, request: Request) -> None:
        spec = reference()["operations"].get(request.path)
        if spec is None or (request.path not in OPERATIONS and request.path != UPLOAD):
            text = "Permission denied. This API is currently offline or the request path is incorrect."
            raise Refusal("error_param", text)
        if spec["method"] != request.method:
            raise Refusal("error_param", f"Wrong method, {spec['method']} is wanted.")

    def _do(self, request: Request) -> Any:
        if request.path == UPLOAD:
            return metadata.upload_image(self.here, request.headers.get("content-type", ""), request.body)
        if request.method == "GET":
            ask = from_query(request.path, request.query)
        else:
            self._no_business_in_query(request)
            ask = from_body(request.path, request.body)
        return OPERATIONS[request.path](self.here, ask)

    def _no_business_in_query(self, request: Request) -> None:
        for name in request.query:
            if name not in ("partner_id", "timestamp", "sign", "access_token", "shop_id"):
                raise Refusal("error_param", f"unknown parameter {name} in query")

    def _page(self, request: Request) -> Reply:
        """The seller's own pages: consent by either link, and its end. Each answers at once with the redirect."""
        partner = self._number(request, "partner_id")
        if request.path == LINK:
            self._partner(partner)
            if self._one(request, "response_type") != "code" or self._one(request, "auth_type") != "seller":
                raise Refusal("error_param", "Invalid response_type or auth_type")
        else:
            self._signed(request, partner, self._timestamp(request), public=True)
        make = auth.withdrawal if request.path == CANCEL else auth.consent
        return Reply(302, b"", headers={"Location": make(self.home, request.query)})

    def _shop_of(self, request: Request) -> Context:
        """The shop that a call is about: the one, or its sister under the same main account."""
        named = request.query.get("shop_id", [""])[0] == str(self.sister.shop.shop_id)
        return self.sister if named else self.home

    # --- the gate ----------------------------------------------------------------------------------------------------

    def _admit(self, request: Request) -> None:
        partner, stamp = self._number(request, "partner_id"), self._timestamp(request)
        public = reference()["operations"][request.path]["class"] == "Public"
        question = SHOP_SIGNED.get(request.path)
        if public and "access_token" in request.query and question is not None:
            public = self.here.on(question, "refused")
        self._signed(request, partner, stamp, public)
        if not public:
            auth.admit(self.here, self._one(request, "access_token"), self._number(request, "shop_id"))
        self._paced(request)

    def _partner(self, partner: int) -> None:
        if partner != self.here.shop.partner_id:
            raise Refusal("error_auth", "Invalid partner_id or shopid.")

    def _signed(self, request: Request, partner: int, stamp: int, public: bool) -> None:
        self._partner(partner)
        base = f"{partner}{request.path}{stamp}"
        if not public:
            base += self._one(request, "access_token") + str(self._number(request, "shop_id"))
        good = hmac.new(self.here.shop.partner_key.encode(), base.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(good, self._one(request, "sign")):
            raise Refusal("error_sign", "Wrong sign.")

    def _timestamp(self, request: Request) -> int:
        stamp, now = self._number(request, "timestamp"), self.here.now
        if now - stamp > TOLERANCE_S:
            raise Refusal("error_param", "Timestamp is expired.")
        if stamp - now > (AHEAD_S if self.here.on("future_skew", "refused") else TOLERANCE_S):
            raise Refusal("error_param", "Invalid timestamp")
        return stamp

    def _one(self, request: Request, name: str) -> str:
        values = request.query.get(name)
        if not values or not values[0]:
            raise Refusal("error_param", f"There is no {name} in query.")
        return values[0]

    def _number(self, request: Request, name: str) -> int:
        text = self._one(request, name)
        if not text.isdecimal() or int(text) > 2**32 - 1:
            raise Refusal("error_param", f"Invalid {name}")
        return int(text)

    def _paced(self, request: Request) -> None:
        if request.late_by:
            return  # let in when it came
        moment = self.here.clock.monotonic()
        if request.fault == "throttle" or not self.pace.admit(moment):
            self.calls["throttled"] += 1
            raise Refusal("error_rate_limit", "Too many requests, please try later.")
        shop, today = self.home.shop, self.home.window(86_400)
        if shop.quota_day != today:
            shop.quota_day, shop.quota_used = today, 0
        shop.quota_used += 1
        if shop.quota_used > self.quota:
            raise Refusal("error_limit", "The daily quota of the app is used up.")

    def _count(self, path: str) -> None:
        if path in WRITES:
            self.calls["writes"] += 1
        elif path not in TOKENS and path not in (UPLOAD, *PAGES):
            self.calls["reads"] += 1

    # --- answers -----------------------------------------------------------------------------------------------------

    def _success(self, path: str, value: Any) -> Reply:
        fields = reference()["operations"][path]["response"]
        envelope: dict[str, Any] = {"error": "", "msg" if "msg" in fields else "message": "", "request_id": self._id()}
        if path == VIOLATIONS:
            del envelope["error"]  # as it was measured (facts, section 5)
        if "warning" in fields:
            envelope["warning"] = ""
        if path in FLAT:
            envelope = {key: text for key, text in envelope.items() if key in fields}
            envelope.update(value)
        elif value is not None:
            envelope["data" if path == VARIATION_TREE else "response"] = value
        if path == LIMITS and self.here.on("gtin_rule_place", "beside"):
            envelope["gtin_limit"] = value.pop("gtin_limit")
        return Reply(200, json.dumps(envelope).encode())

    def _failure(self, refusal: Refusal) -> Reply:
        body: dict[str, Any] = {"request_id": self._id(), "error": self._code(refusal), "message": refusal.message}
        if refusal.response is not None:
            body |= {"warning": "", "response": refusal.response}
        return Reply(self._status(refusal.code), json.dumps(body).encode())

    def _code(self, refusal: Refusal) -> str:
        if self.here.on("code_prefix", "none"):
            head, _, tail = refusal.code.partition(".")
            return tail if tail and head in MODULES else refusal.code
        common = refusal.code in GATE and self.here.on("code_prefix", "common")
        return f"common.{refusal.code}" if common else refusal.code

    def _status(self, code: str) -> int:
        if code == "error_rate_limit" and self.here.on("throttle_status", "429"):
            return 429
        gate = ("error_sign", "invalid_acceess_token", "error_auth")
        return 403 if code in gate and self.here.on("error_status", "4xx") else 200

    def _id(self) -> str:
        return f"{self._request:032x}"

    # --- behind the scenes -------------------------------------------------------------------------------------------

    def control(self, method: str, name: str, body: Any) -> Any:
        """A call of the sandbox's own."""
        match method, name:
            case "GET", "calls":
                return counted(self.calls, self.here.shop)
            case "DELETE", "calls":
                count_anew(self.calls, self.here.shop)
                return {}
            case "PUT", "settings":
                return self._set(body or {})
            case _:
                self.here = self.home
                self.here.fault, self.here.late_by = None, 0.0
                self.here.end_reviews()
                try:
                    return Behind(self.here).call(method, name, body)
                finally:
                    push.send_off(self.here)

    def _set(self, body: Mapping[str, Any]) -> dict[str, Any]:
        for name, value in body.items():
            match name:
                case "rate_per_s" | "hidden_limit":
                    self.pace.set(name, value)
                case "daily_quota":
                    self.quota = int(value)
                case "multi_warehouse":
                    self.home.multi_warehouse = bool(value)
                case "couriers":
                    self.home.shop.couriers_on = {str(courier): bool(on) for courier, on in value.items()}
                case "review_delay_s":
                    self.home.shop.review_delay_s = None if value is None else float(value)
                case _:
                    raise ValueError(f"no setting '{name}'")
        return {"quota_window_s": window_s(86_400, self.fast)}

    def dump(self) -> str:
        """The shop and its sister as JSON."""
        return json.dumps({**self.home.shop.dump(), "sister": self.sister.shop.dump()}, default=plain)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take a dumped shop."""
        own = dict(state)
        sister = own.pop("sister")
        self.here = self.home
        self.home.shop = restored(own)
        self.sister.shop = auth.sister(self.home.shop, restored(sister))


SHOP_ID = 14_701_711
PARTNER_ID = 2_001_887


def open_market(seed: int, clock: Clock, positions: Mapping[str, str], fast: bool) -> ShopeeMarket:
    """An empty shop; `positions` of every switch."""
    key = hashlib.sha256(f"sandbox {seed}".encode()).hexdigest()
    return ShopeeMarket(Shop(SHOP_ID, PARTNER_ID, key), clock, positions, fast)
