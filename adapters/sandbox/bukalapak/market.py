"""Bukalapak as the server sees it: the gate, the operations, and the calls that look behind the scenes."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from adapters.clock import Clock
from adapters.sandbox.bukalapak import auth, door, routes
from adapters.sandbox.bukalapak.answers import failure, no_token, success
from adapters.sandbox.bukalapak.ask import Ask
from adapters.sandbox.bukalapak.behind import Behind
from adapters.sandbox.bukalapak.context import SETTLE_S, Context
from adapters.sandbox.bukalapak.refusals import Refusal, TokenRefusal, invented, nowhere, throttled
from adapters.sandbox.bukalapak.routes import Does, Face, Route
from adapters.sandbox.bukalapak.state import QUOTAS, Pair, Shop, plain, restored
from adapters.sandbox.config_writer import ChannelLines
from adapters.sandbox.limits import Window, delay_s
from adapters.sandbox.market import Reply, Request
from adapters.sandbox.selling import count_anew, counted

RATE = 1
"""Our own pace where nothing limits it, in calls a second: nothing is documented (facts, section 8)."""

UNFIT = frozenset({"partial_batch", "omit_row", "stuck_queue"})
"""Faults of batches and queues: Bukalapak has neither (facts, section 5)."""


class BukalapakMarket:
    """One Bukalapak store: v2, v4 and the accounts host at one address."""

    marketplace = "bukalapak"
    channel = door.CHANNEL

    def __init__(self, shop: Shop, clock: Clock, positions: Mapping[str, str], fast: bool) -> None:
        self.here = Context(shop, clock, dict(positions), fast)
        self.fast, self.settle_s = fast, delay_s(SETTLE_S, fast)
        self._given: dict[int, Pair] = {}
        self.calls: Counter[str] = Counter()
        self.rate = Window(60 if fast else 0, 1.0)
        self.hidden = Window(0, 1.0)

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
        shop, switches = self.here.shop, self.here.switches
        return door.config_lines(shop, self._grant(1), base, self.rate.count or RATE, self.fast, switches)

    def _grant(self, number: int) -> Pair:
        if number not in self._given:
            self._given[number] = door.grant(self.here.shop, self.here.clock.now().timestamp(), number)
        return self._given[number]

    # --- the marketplace's own calls ---------------------------------------------------------------------------------

    def is_token(self, path: str) -> bool:
        """Token calls are spared by faults that do not name them."""
        return path in (routes.TOKEN, routes.LOGIN)

    def plays(self, path: str, kind: str) -> bool:
        """Whether a fault of this kind means anything to a call of this path, whatever its method."""
        there = routes.of_path(path)[0].values()
        match kind:
            case "reject_row":
                return any(route.does is Does.write for route in there)
            case "expire_token":
                return any(route.face is Face.v4 for route in there)
            case "lose_refresh":
                return path == routes.TOKEN
            case "empty_page":
                return any(route.lists for route in there)
            case "stale_read":
                return any(route.stale for route in there)
        return bool(there) and kind not in UNFIT

    def apply(self, request: Request) -> Reply:
        """One call: known, admitted, done, answered in the envelope of its generation."""
        self.here.fault, self.here.late_by = request.fault, request.late_by
        there, ids = routes.of_path(request.path)
        route = there.get(request.method)
        face = Face.v2 if request.path.startswith("/v2/") else Face.v4 if route is None else route.face
        try:
            if route is None:
                raise nowhere()
            self._count(route)
            return self._done(route, Ask(ids, request.query, request.headers, request.body), request)
        except TokenRefusal as refusal:
            return no_token(refusal)
        except Refusal as refusal:
            return failure(self.here, face, refusal)

    def _done(self, route: Route, ask: Ask, request: Request) -> Reply:
        self._admit(route, ask)
        self._paced(request)
        if route.face is not Face.accounts:
            auth.refuse_query(ask, route.query if route.face is Face.v2 else route.query | {"access_token"})
        if request.fault == "reject_row" and route.does is Does.write:
            raise Refusal(invented("Ditolak oleh aturan pelapak"))
        found = route.run(self.here, ask)
        return found if isinstance(found, Reply) else success(self.here, route.face, request, found)

    def _admit(self, route: Route, ask: Ask) -> None:
        if route.face is Face.v4:
            auth.admit_v4(self.here, ask, route.open)
        elif route.face is Face.v2 and not route.open:
            auth.admit_v2(self.here, ask)

    def _paced(self, request: Request) -> None:
        if request.late_by:
            return  # let in when it came
        moment = self.here.clock.monotonic()
        if request.fault == "throttle" or not self.rate.admit(moment) or not self.hidden.admit(moment):
            self.calls["throttled"] += 1
            raise throttled()

    def _count(self, route: Route) -> None:
        if route.does is not Does.other:
            self.calls[f"{route.does}s"] += 1

    # --- behind the scenes -------------------------------------------------------------------------------------------

    def control(self, method: str, name: str, body: Any) -> Any:
        """A call of the sandbox's own."""
        shop = self.here.shop
        match method, name:
            case "GET", "calls":
                return counted(self.calls, shop)
            case "DELETE", "calls":
                count_anew(self.calls, shop)
                return {}
            case "PUT", "settings":
                return self._set(body or {})
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
                    pass  # one setting for all marketplaces; here nothing is reviewed before it is live
                case "upload_quota":
                    self._quotas(value)
                case _:
                    raise ValueError(f"no setting '{name}'")
        return {"product_upload_remaining": self.here.remaining()}

    def _quotas(self, most: Mapping[str, Any]) -> None:
        """Other sizes of the upload quotas: {daily, weekly, monthly}; those left out stay."""
        for name, number in most.items():
            if name not in QUOTAS:
                raise ValueError(f"no quota '{name}'; there are: {', '.join(QUOTAS)}")
            self.here.shop.quotas[name].most = int(number)

    def dump(self) -> str:
        """The shop as JSON."""
        return json.dumps(self.here.shop.dump(), default=plain)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take a dumped shop."""
        self.here.shop = restored(dict(state))


STORE_ID = 2_000_017
USER_ID = 1_000_001


def open_market(seed: int, clock: Clock, positions: Mapping[str, str], fast: bool) -> BukalapakMarket:
    """An empty shop; `positions` of every switch."""
    keys = [hashlib.sha256(f"bukalapak {name} {seed}".encode()).hexdigest()[:32] for name in ("token", "id", "secret")]
    token, client_id, secret = (f"sim-{key}" for key in keys)
    return BukalapakMarket(Shop(STORE_ID, USER_ID, token, client_id, secret), clock, positions, fast)
