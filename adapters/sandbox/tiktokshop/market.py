"""Tokopedia & TikTok Shop as the server sees it: the gate, the operations, and what looks behind the scenes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from adapters.clock import Clock
from adapters.sandbox.config_writer import ChannelLines
from adapters.sandbox.limits import delay_s
from adapters.sandbox.market import Reply, Request, plain
from adapters.sandbox.selling import count_anew, counted
from adapters.sandbox.tiktokshop import audits, auth, door, gate, paths, pictures, webhooks
from adapters.sandbox.tiktokshop.behind import Behind
from adapters.sandbox.tiktokshop.context import SETTLE_S, Ask, Context
from adapters.sandbox.tiktokshop.errors import MERGING, Refusal, parameter
from adapters.sandbox.tiktokshop.limits import Limits
from adapters.sandbox.tiktokshop.paths import PAGES, TOKENS, UPLOAD, WRITE
from adapters.sandbox.tiktokshop.shape import checked
from adapters.sandbox.tiktokshop.state import Shop, restored

FREE = frozenset({"stock", "price"})
"""What may still be written while the seller centers are being merged."""

FLAGS = frozenset({"migrated", "merging", "disabled", "dilayani"})


class TiktokshopMarket:
    """One shop of region ID behind one app."""

    marketplace = "tiktokshop"
    channel = door.CHANNEL

    def __init__(self, shop: Shop, clock: Clock, positions: Mapping[str, str], fast: bool, seed: int) -> None:
        self.here = Context(shop, clock, dict(positions), fast)
        self.settle_s = delay_s(SETTLE_S, fast)
        self.limits = Limits(seed, fast, positions["tiktokshop.hourly_cap"])
        self.calls: Counter[str] = Counter()
        self._request = 0

    # --- the door ----------------------------------------------------------------------------------------------------

    def credentials(self) -> dict[str, Any]:
        """A grant for a client of one's own, apart from the written config's."""
        return door.credentials(self.here.shop, door.grant(self.here, config=False))

    def auth_url(self, base: str) -> str:
        """The consent page."""
        return door.auth_url(self.here.shop, base)

    def config_lines(self, base: str) -> ChannelLines:
        """The lines of a config of ours, with a grant of their own."""
        return door.config_lines(self.here, door.grant(self.here, config=True), base, self.limits.pace.declared)

    def is_token(self, path: str) -> bool:
        """Token calls are spared by faults that do not name them."""
        return path in TOKENS

    def plays(self, path: str, kind: str) -> bool:
        """Whether a fault of this kind means anything to a call of `path`."""
        return paths.plays(path, kind)

    # --- the marketplace's own calls ---------------------------------------------------------------------------------

    def apply(self, request: Request) -> Reply:
        """One call: let in, counted, done, answered."""
        here = self.here
        here.fault, here.late_by = request.fault, request.late_by
        self._request += 1
        audits.run(here)
        try:
            if request.path in PAGES:
                return self._page(request)
            return self._answered(self._token(request) if request.path in TOKENS else self._business(request))
        except Refusal as refusal:
            return self._refused(refusal)
        finally:
            if here.outbox:
                webhooks.send_off(here)

    def _page(self, request: Request) -> Reply:
        """The seller's own page: consent, answered at once with the redirect."""
        if request.method != "GET":
            raise Refusal(36009010, "Invalid method")
        query = {name: values[0] for name, values in request.query.items()}
        return Reply(302, b"", headers={"Location": auth.consent(self.here, request.path, query)})

    def _token(self, request: Request) -> dict[str, Any]:
        if request.method != "GET":
            raise Refusal(36009010, "Invalid method")
        if request.fault == "throttle":
            self._throttle()
        query = {name: values[0] for name, values in request.query.items()}
        act = auth.token_get if request.path == auth.TOKEN_GET else auth.token_refresh
        return act(self.here, query)

    def _business(self, request: Request) -> dict[str, Any]:
        here, strict = self.here, self.here.on("unknown_fields", "refused")
        if request.path == UPLOAD:
            return self._upload(request)
        operations, ids = paths.found(request.method, request.path)
        operation = operations.get(request.method)
        if operation is None:
            raise Refusal(36009010, "Invalid method") if operations else Refusal(36009009, "Invalid path")
        self.calls["writes" if operation.writes else "reads"] += 1
        query = gate.queried(request, operation.query, strict)
        gate.admit(here, request, query, operation.scope, operation.ciphered)
        self._paced(request, f"{operation.method} {operation.path}")
        if here.shop.merging and operation.writes and operation.shape not in FREE:
            raise Refusal(MERGING, "the seller center is locked while the shop is being merged")
        body = checked(operation.shape, request.body, strict) if operation.shape else _none(request)
        return operation.act(here, Ask(ids, query, body))

    def _upload(self, request: Request) -> dict[str, Any]:
        if request.method != "POST":
            raise Refusal(36009010, "Invalid method")
        query = gate.queried(request, frozenset(), self.here.on("unknown_fields", "refused"))
        gate.admit(self.here, request, query, WRITE, ciphered=False)
        self._paced(request, UPLOAD)
        return pictures.upload(self.here, request.headers.get("content-type", ""), request.body)

    def _paced(self, request: Request, kind: str) -> None:
        """Whether the call fits into every limit; one that came late was let in when it came."""
        if request.late_by:
            return
        if request.fault == "throttle" or not self.limits.admit(kind, self.here.clock.monotonic()):
            self._throttle()

    def _throttle(self) -> None:
        self.calls["throttled"] += 1
        raise Refusal(36009002, "Too many requests")

    # --- answers -----------------------------------------------------------------------------------------------------

    def _answered(self, value: dict[str, Any]) -> Reply:
        body = {"code": 0, "message": "Success", "request_id": self._id(), "data": value}
        return Reply(200, json.dumps(body).encode())

    def _refused(self, refusal: Refusal) -> Reply:
        here = self.here
        body: dict[str, Any] = {"code": refusal.code, "message": refusal.text, "request_id": self._id()}
        if here.on("error_data", "null"):
            body["data"] = None
        status = refusal.status or int(here.switches["tiktokshop.error_status"])
        again = refusal.status == 429 and here.on("retry_after", "present")
        return Reply(status, json.dumps(body).encode(), headers={"Retry-After": "1"} if again else {})

    def _id(self) -> str:
        return f"{self.here.now:.0f}{self._request:022d}"

    # --- behind the scenes -------------------------------------------------------------------------------------------

    def control(self, method: str, name: str, body: Any) -> Any:
        """A call of the sandbox's own."""
        here = self.here
        here.fault, here.late_by = None, 0.0
        audits.run(here)
        match method, name:
            case "GET", "calls":
                return counted(self.calls, here.shop)
            case "DELETE", "calls":
                count_anew(self.calls, here.shop)
                return {}
            case "PUT", "settings":
                return self._set(body or {})
        try:
            return Behind(here).call(method, name, body)
        finally:
            webhooks.send_off(here)

    def _set(self, body: Mapping[str, Any]) -> dict[str, Any]:
        shop = self.here.shop
        self.limits.set(body)
        for name, value in body.items():
            match name:
                case "rate_per_s" | "hidden_limit":
                    continue
                case "warehouses":
                    shop.warehouses = 2 if int(value) > 1 else 1
                case "daily_listings":
                    shop.daily_listings = int(value)
                case "scopes":
                    shop.scopes = [str(scope) for scope in value]
                case "review_delay_s":
                    shop.review_delay_s = None if value is None else float(value)
                case _ if name in FLAGS:
                    setattr(shop, name, bool(value))
                case _:
                    raise ValueError(f"no setting '{name}'")
        return {}

    def dump(self) -> str:
        """The shop as JSON."""
        return json.dumps(plain(self.here.shop), default=plain)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take a dumped shop."""
        self.here.shop = restored(dict(state))


def _none(request: Request) -> dict[str, Any]:
    """The body of an operation without one: nothing, or an empty object, as some clients send it."""
    if request.body not in (b"", b"{}"):
        raise parameter("this call has no body")
    return {}


def open_market(seed: int, clock: Clock, positions: Mapping[str, str], fast: bool) -> TiktokshopMarket:
    """An empty shop; `positions` of every switch."""
    return TiktokshopMarket(door.new_shop(seed), clock, positions, fast, seed)
