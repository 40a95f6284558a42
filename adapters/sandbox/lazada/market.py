"""Lazada as the server sees it: the gate, the limits, the envelopes, and the calls that look behind the scenes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from adapters.clock import Clock
from adapters.sandbox.config_writer import ChannelLines
from adapters.sandbox.lazada import agenda, auth, door, gate, limits, paths, push
from adapters.sandbox.lazada.behind import Behind
from adapters.sandbox.lazada.context import SETTLE_S, Answer, Ask, Context
from adapters.sandbox.lazada.errors import Refusal, numbered, unsupported
from adapters.sandbox.lazada.paths import Operation
from adapters.sandbox.lazada.state import Pair, Shop, restored
from adapters.sandbox.limits import Pace, delay_s
from adapters.sandbox.market import Reply, Request, plain
from adapters.sandbox.selling import count_anew, counted

HIDDEN_PER_S = 100
"""What nobody is told, with real limits (invented: facts, section 6, no general number is published)."""


class LazadaMarket:
    """One Lazada shop behind one app."""

    marketplace = "lazada"
    channel = door.CHANNEL

    def __init__(self, shop: Shop, clock: Clock, positions: Mapping[str, str], fast: bool) -> None:
        self.here = Context(shop, clock, dict(positions), fast)
        self.settle_s = delay_s(SETTLE_S, fast)
        self.calls: Counter[str] = Counter()
        self.gate = limits.Gate(Pace(60 if fast else 0, 0 if fast else HIDDEN_PER_S))
        self._given: dict[int, Pair] = {}
        self._request = 0

    # --- the door ----------------------------------------------------------------------------------------------------

    def credentials(self) -> dict[str, Any]:
        """A grant for a client of one's own, apart from the written config's."""
        return door.credentials(self.here.shop, self._grant(0))

    def auth_url(self, base: str) -> str:
        """The consent page."""
        return door.auth_url(self.here.shop, base)

    def config_lines(self, base: str) -> ChannelLines:
        """The lines of a config of ours, with a grant of their own."""
        self._grant(0)  # the client's is always the first
        fast, real = door.RATE_PER_S[1], door.RATE_PER_S[0]
        return door.config_lines(self.here, self._grant(1), base, min(self.gate.pace.declared or real, fast))

    def _grant(self, number: int) -> Pair:
        if number not in self._given:
            self._given[number] = door.grant(self.here.shop, self.here.now, number)
        return self._given[number]

    def is_token(self, path: str) -> bool:
        """Whether `path` is a token call."""
        return path.removeprefix(gate.REST) in paths.TOKENS

    def plays(self, path: str, kind: str) -> bool:
        """Whether a fault of this kind means anything to a call of `path`."""
        return paths.plays(path, kind)

    # --- the marketplace's own calls ---------------------------------------------------------------------------------

    def apply(self, request: Request) -> Reply:
        """One call: let in, counted, done, answered. Refusals come with HTTP 200 too."""
        here = self.here
        here.fault, here.late_by = request.fault, request.late_by
        agenda.run(here)
        self._request += 1
        try:
            if request.path == door.CONSENT and request.method == "GET":
                return Reply(302, b"", headers={"Location": auth.consent(here, request.query)})
            operation = self._operation(request)
            return self._answered(self._done(request, operation))
        except Refusal as refusal:
            return self._refused(refusal)
        finally:
            push.send_off(here)

    def _operation(self, request: Request) -> Operation:
        operation = paths.BY_PATH.get(request.path)
        if operation is None:
            raise Refusal("InvalidApiPath", "The specified API path is invalid")
        if operation.path in paths.WRITES:
            self.calls["writes"] += 1
        elif operation.path not in paths.TOKENS | paths.UPLOADS:
            self.calls["reads"] += 1
        if request.method not in operation.methods:
            raise Refusal("UnsupportedHTTPMethod", f"The method {request.method} is not supported")
        return operation

    def _done(self, request: Request, operation: Operation) -> Answer:
        here, sent = self.here, gate.gathered(request)
        gate.admit(here, operation.path, sent.parameters)
        if operation.seller or sent.parameters.get("access_token"):
            self._seller(operation, sent.parameters)
        self._paced(request, operation.path)
        if here.shop.switched_off and operation.path in paths.WRITES:
            raise numbered("998", "the API is switched off for now", "SYSTEM")
        business = {name: value for name, value in sent.parameters.items() if name not in gate.SYSTEM}
        for name in (*business, *sent.files):
            if name not in operation.parameters:
                raise unsupported(f"parameter {name} is not supported")
        return operation.act(here, Ask(business, sent.files))

    def _seller(self, operation: Operation, parameters: Mapping[str, str]) -> None:
        if operation.path in paths.TOKENS:
            return
        if not parameters.get("access_token"):
            raise Refusal("MissingParameter", "The input parameter access_token that is mandatory is not supplied")
        auth.admit(self.here, parameters["access_token"])

    def _paced(self, request: Request, path: str) -> None:
        """Whether the call fits; one that came late was let in when it came, and token calls are no calls of a shop."""
        if request.late_by or path in paths.TOKENS:
            return
        now = self.here.clock.monotonic()
        if self.gate.no_brands(path, now):
            self.here.fault = "throttle"
        if self.here.fault == "throttle" and path == limits.BRANDS:
            self.calls["throttled"] += 1
            return
        refusal = limits.too_fast() if self.here.fault == "throttle" else self.gate.refusal(path, now)
        if refusal is not None:
            self.calls["throttled"] += 1
            raise refusal if self.here.on("throttle_zero", "absent") else _under_zero(refusal)

    # --- answers -----------------------------------------------------------------------------------------------------

    def _answered(self, answer: Answer) -> Reply:
        body: dict[str, Any] = {"code": "0", **answer.beside}
        if answer.data is not None:
            body["data"] = answer.data
        if answer.detail:
            body["detail"] = answer.detail
        return Reply(200, json.dumps({**body, "request_id": self._id()}).encode())

    def _refused(self, refusal: Refusal) -> Reply:
        body: dict[str, Any] = {"code": refusal.code, "type": refusal.kind, "message": refusal.text}
        if refusal.detail:
            body["detail"] = refusal.detail
        return Reply(200, json.dumps({**body, "request_id": self._id()}).encode())

    def _id(self) -> str:
        return f"2101{self._request:028x}"

    # --- behind the scenes -------------------------------------------------------------------------------------------

    def control(self, method: str, name: str, body: Any) -> Any:
        """A call of the sandbox's own."""
        here = self.here
        here.fault, here.late_by = None, 0.0
        agenda.run(here)
        match method, name:
            case "GET", "calls":
                return counted(self.calls, here.shop)
            case "DELETE", "calls":
                count_anew(self.calls, here.shop)
                return {}
            case "PUT", "settings":
                return self._set(body or {})
            case _:
                try:
                    return Behind(here).call(method, name, body)
                finally:
                    push.send_off(here)

    def _set(self, body: Mapping[str, Any]) -> dict[str, Any]:
        shop = self.here.shop
        for name, value in body.items():
            match name:
                case "rate_per_s" | "hidden_limit":
                    self.gate.pace.set(name, value)
                case "multi_warehouse":
                    shop.multi_warehouse = bool(value)
                case "not_permitted":
                    shop.permitted = not value
                case "mega_campaign":
                    shop.switched_off = bool(value)
                case "item_limit":
                    shop.active_most = int(value)
                case "push_address":
                    push.set_address(self.here, str(value))
                case "review_delay_s":
                    shop.review_delay_s = None if value is None else float(value)
                case _:
                    raise ValueError(f"no setting '{name}'")
        return {}

    def dump(self) -> str:
        """The shop as JSON."""
        return json.dumps(plain(self.here.shop), default=plain)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take a dumped shop."""
        self.here.shop = restored(dict(state))
        self._given.clear()
        self.here.reindex()
        agenda.rebuild(self.here)


def _under_zero(refusal: Refusal) -> Refusal:
    """A throttle whose code says success (facts, section 4.1): message and detail tell."""
    detail = {"code": refusal.code, "message": refusal.text}
    return Refusal("0", refusal.text, refusal.kind, [detail])


def open_market(seed: int, clock: Clock, positions: Mapping[str, str], fast: bool) -> LazadaMarket:
    """An empty shop; `positions` of every switch."""
    return LazadaMarket(door.new_shop(seed), clock, positions, fast)
