"""Blibli as the server sees it: the gate, the limits, the envelopes, and the calls that look behind the scenes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from adapters.clock import Clock
from adapters.sandbox.blibli import agenda, door, gate, limits, paths
from adapters.sandbox.blibli.behind import Behind
from adapters.sandbox.blibli.context import SETTLE_S, Answer, Ask, Context
from adapters.sandbox.blibli.errors import Refusal, invalid, nowhere
from adapters.sandbox.blibli.paths import Operation
from adapters.sandbox.blibli.products import BODY_MOST
from adapters.sandbox.blibli.state import Shop, restored
from adapters.sandbox.config_writer import ChannelLines
from adapters.sandbox.limits import Pace, delay_s
from adapters.sandbox.market import Reply, Request, plain
from adapters.sandbox.selling import count_anew, counted

DUPLICATED = frozenset({"blibli-sku", "product-sku", "category-code", "order-item-id"})
"""Ids of the path that some calls want again in the query (facts, section 2)."""


class BlibliMarket:
    """One Blibli store behind its API clients."""

    marketplace = "blibli"
    channel = door.CHANNEL

    def __init__(self, shop: Shop, clock: Clock, positions: Mapping[str, str], fast: bool) -> None:
        self.here = Context(shop, clock, dict(positions), fast)
        self.settle_s = delay_s(SETTLE_S, fast)
        self.calls: Counter[str] = Counter()
        self.pace = Pace(door.RATE_PER_S[1] if fast else 0, 0)

    # --- the door ----------------------------------------------------------------------------------------------------

    def credentials(self) -> dict[str, Any]:
        """A client of one's own, apart from the written config's."""
        return door.credentials(self.here.shop)

    def auth_url(self, base: str) -> str:  # noqa: ARG002
        """None: a seller makes the keys in Seller Center and approves the client there (facts, section 3.1)."""
        return ""

    def config_lines(self, base: str) -> ChannelLines:
        """The lines of a config of ours."""
        return door.config_lines(self.here, base, self.pace.declared or door.RATE_PER_S[0])

    def is_token(self, path: str) -> bool:  # noqa: ARG002
        """There are no token calls."""
        return False

    def plays(self, path: str, kind: str) -> bool:
        """Whether a fault of this kind means anything to a call of `path`."""
        return paths.plays(path, kind)

    # --- the marketplace's own calls ---------------------------------------------------------------------------------

    def apply(self, request: Request) -> Reply:
        """One call: let in, counted, done, answered."""
        here = self.here
        here.fault, here.late_by = request.fault, request.late_by
        agenda.run(here)
        asked = request.query.get("requestId", [""])[0]
        call = paths.found(here, request.method, request.path)
        if call is None:
            family = "mta" if request.path.startswith(paths.MTA) else "seller"
            return self._refused(nowhere(), family, asked)
        operation, ids = call
        self.calls["writes" if operation.name in paths.WRITES else "reads"] += 1
        try:
            gate.admit(here, request)
            query = gate.queried(here, request, operation.query | set(ids), operation.family, _feed(operation))
            self._ids_again(ids, query)
            if not self._paced(request, operation, {**query, **ids}):
                return self._throttled(asked)
            ask = Ask({name: unquote(value) for name, value in ids.items()}, query, _body(request), asked)
            return self._answered(operation.act(here, ask), operation.family, asked)
        except Refusal as refusal:
            return self._refused(refusal, operation.family, asked)

    def _ids_again(self, ids: Mapping[str, str], query: Mapping[str, str]) -> None:
        for name in set(ids) & DUPLICATED:
            given = query.get(name)
            if given is None and self.here.on("path_id_in_query", "demanded"):
                raise invalid(f"parameter {name} is missing")
            if given not in (None, unquote(ids[name])):
                raise invalid(f"parameter {name} is not that of the path")

    def _paced(self, request: Request, operation: Operation, names: Mapping[str, str]) -> bool:
        """Whether the call fits into every limit; one that came late was let in when it came."""
        if request.late_by:
            return True
        moment = self.here.clock.monotonic()
        fits = request.fault != "throttle" and self.pace.admit(moment)
        return fits and limits.admit(self.here, operation.name, names.get(operation.key, ""))

    # --- answers -----------------------------------------------------------------------------------------------------

    def _answered(self, answer: Answer, family: str, asked: str) -> Reply:
        if answer.status == 204:
            return Reply(204, b"")
        body: dict[str, Any] = {"requestId": answer.request_id or asked}
        if family == "mta":
            body |= {"headers": None, "success": True, **self._no_error(), **_mta(answer)}
        else:
            body |= {"content": answer.content, **self._no_error()}
            if answer.paging is not None:
                body["paging"] = _paging(*answer.paging)
            if self.here.on("seller_success", "present"):
                body["success"] = True
        return Reply(answer.status, json.dumps(body).encode())

    def _no_error(self) -> dict[str, Any]:
        """How success leaves the error fields (facts, section 12, trap 15)."""
        if self.here.on("no_error", "missing"):
            return {}
        value = None if self.here.on("no_error", "null") else ""
        return {"errorCode": value, "errorMessage": value}

    def _refused(self, refusal: Refusal, family: str, asked: str) -> Reply:
        body: dict[str, Any] = {"requestId": asked, "errorCode": refusal.code, "errorMessage": refusal.text}
        body |= {"headers": None, "value": None} if family == "mta" else {"content": None}
        if family == "mta" or refusal.fixed or self.here.on("seller_success", "present"):
            body["success"] = False
        status = refusal.status if refusal.fixed or self.here.on("error_status", "4xx") else 200
        return Reply(status, json.dumps(body).encode())

    def _throttled(self, asked: str) -> Reply:
        """429; what it says is open, and that it says when to come again is unlikely (facts, section 5)."""
        self.calls["throttled"] += 1
        headers = {"Retry-After": "60"} if self.here.on("retry_after", "present") else {}
        if self.here.on("throttle_body", "json"):
            body = {"requestId": asked, "success": False, "errorCode": "ERR-SIM429001", "errorMessage": "too many"}
            return Reply(429, json.dumps(body).encode(), headers=headers)
        html = b"<html><body>Too Many Requests</body></html>" if self.here.on("throttle_body", "html") else b""
        return Reply(429, html, "text/html", headers)

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
                return Behind(here).call(method, name, body)

    def _set(self, body: Mapping[str, Any]) -> dict[str, Any]:
        shop = self.here.shop
        for name, value in body.items():
            match name:
                case "rate_per_s" | "hidden_limit":
                    self.pace.set(name, value)
                case "published":
                    shop.published = bool(value)
                case "signature_key":
                    shop.signature = bool(value)
                case "pickup_points":
                    shop.points = 2 if int(value) > 1 else 1
                case "review_delay_s":
                    shop.review_delay_s = None if value is None else float(value)
                case _:
                    raise ValueError(f"no setting '{name}'")
        return {}

    def dump(self) -> str:
        """The store as JSON, its limits included."""
        limits.forget(self.here)
        return json.dumps(plain(self.here.shop), default=plain)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take a dumped store."""
        self.here.shop = restored(dict(state))
        agenda.rebuild(self.here)


def _feed(operation: Operation) -> bool:
    return operation.name == "feed_detail"


def _body(request: Request) -> Any:
    """The JSON of a body, None without one.

    Raises:
        Refusal: no body where there must be one, or none that can be read.
    """
    if request.method == "GET":
        if request.body:
            raise invalid("a GET has no body")
        return None
    if not request.body:
        return None
    if len(request.body) > BODY_MOST:
        raise invalid("the body is larger than 60 MB")
    if not request.headers.get("content-type", "").startswith(gate.JSON):
        raise invalid("Content-Type must be application/json")
    try:
        return json.loads(request.body)
    except ValueError:
        raise invalid("the body is not JSON") from None


def _mta(answer: Answer) -> dict[str, Any]:
    if answer.paging is None:
        return {"value": answer.content}
    page, size, total = answer.paging
    return {"content": answer.content, "pageMetaData": {"pageSize": size, "pageNumber": page, "totalRecords": total}}


def _paging(page: int, size: int, total: int) -> dict[str, int]:
    pages = -(-total // size) if size else 0
    return {"pageNumber": page, "pageSize": size, "totalPage": pages, "totalRecord": total}


def open_market(seed: int, clock: Clock, positions: Mapping[str, str], fast: bool) -> BlibliMarket:
    """An empty store; `positions` of every switch."""
    return BlibliMarket(door.new_shop(seed), clock, positions, fast)
