"""Promises 3 and 7 where the marketplace takes no stock of 0: nothing is ever on sale that is not there.

A small shop that keeps numbers and a status, and the engine's own differences between what is wanted and acknowledged;
hypothesis says what is wanted, what buyers take, and when the process is killed and forgets what it learnt.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import requests
import responses
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.clock import ManualClock
from adapters.contract import Applied, Begun, Change, Facet, Locked, Outcome
from adapters.tiktokshop import TikTokShop
from syncer.listing.render import RENDERER, Rendered
from syncer.sync.diff import diff
from syncer.sync.view import ListingView, OfferView
from tests.adapters.tiktokshop.shop import (
    ACTIVATE,
    DEACTIVATE,
    GET,
    INVENTORY,
    PRODUCT,
    START,
    STOCK,
    TWO,
    WAREHOUSE,
    adapter,
    bad,
    ok,
    product_row,
    row_error,
    sized,
    sized_listing,
    wired,
)

SKUS = dict(TWO.offers)
Answer = tuple[int, dict[str, str], str]


@dataclass
class Market:
    """One product of two SKUs. `by_row` = a refused 0 is named in data.errors; either way the call sets nothing."""

    by_row: bool
    numbers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SKUS.values(), 12))
    active: bool = True

    def lay(self, wire: responses.RequestsMock) -> None:
        """Put the shop on the wire."""
        for address, judge in ((STOCK, self.stock), (ACTIVATE, self.on), (DEACTIVATE, self.off)):
            wire.add_callback(responses.POST, address, _answering(judge))
        wire.add_callback(responses.POST, INVENTORY, _answering(self.search))
        wire.add_callback(responses.GET, GET, _answering(self.product))

    def stock(self, body: Any) -> dict[str, Any]:
        """The stock call: numbers are set, 0 is refused."""
        rows = {row["id"]: row["inventory"][0]["quantity"] for row in body["skus"]}
        zeros = [number for number, pieces in rows.items() if pieces == 0]
        if zeros:
            return ok({"errors": [row_error(12052055, n) for n in zeros]}) if self.by_row else bad(12052055, "range")
        self.numbers |= rows
        return ok()

    def on(self, _: Any) -> dict[str, Any]:
        """On sale."""
        self.active = True
        return ok()

    def off(self, _: Any) -> dict[str, Any]:
        """Off sale."""
        self.active = False
        return ok()

    def search(self, _: Any) -> dict[str, Any]:
        """What is shown of the numbers."""
        rows = [
            {"id": n, "warehouse_inventory": [{"warehouse_id": WAREHOUSE, "available_quantity": pieces}]}
            for n, pieces in self.numbers.items()
        ]
        return ok({"inventory": [{"product_id": PRODUCT, "skus": rows}]})

    def product(self, _: Any) -> dict[str, Any]:
        """The product as it is shown."""
        skus = [sized(n, sku, sku, self.numbers[n]) for sku, n in SKUS.items()]
        status = "ACTIVATE" if self.active else "SELLER_DEACTIVATED"
        return ok(product_row(status=status, integrated_platform_statuses=[], skus=skus))


def _answering(judge: Callable[[Any], dict[str, Any]]) -> Callable[[requests.PreparedRequest], Answer]:
    return lambda request: (200, {}, json.dumps(judge(json.loads(request.body or "{}"))))


@dataclass
class Engine:
    """What the engine does of it: differences, outcomes, what was read back."""

    shop: TikTokShop
    clock: ManualClock
    view: ListingView
    steps: dict[tuple[Facet, str], str] = field(default_factory=dict)
    locked: set[tuple[Facet, str]] = field(default_factory=set)

    def settle(self, stocks: tuple[int, int], rounds: int = 12) -> None:
        """Rounds until nothing more is to be done now."""
        self.locked.clear()
        wanted = sized_listing(*stocks)
        for _ in range(rounds):
            changes = [c for c in diff(self.view, Rendered("KOPI-GAYO", True, wanted)) if _key(c) not in self.locked]
            if not changes:
                return
            changes = [replace(c, next_step=self.steps.get(_key(c))) for c in changes]
            for call in self.shop.calls(changes):
                for change, outcome in zip(call.changes, self.shop.send(call), strict=True):
                    self.take(change, outcome)
        raise AssertionError("it never settles")

    def take(self, change: Change, outcome: Outcome) -> None:
        """Write one outcome down."""
        if isinstance(outcome, Begun):
            self.steps[_key(change)] = outcome.next_step
        elif isinstance(outcome, Locked):
            self.locked.add(_key(change))
        else:
            assert isinstance(outcome, Applied), outcome
            self.steps.pop(_key(change), None)
            self.acknowledge(change.sku, change.to)
            if outcome.disturbs:
                self.read()

    def acknowledge(self, sku: str | None, to: Any) -> None:
        """A value that the shop is known to have."""
        if sku is None:
            self.view = replace(self.view, visible=to)
        else:
            offers = {**self.view.offers, sku: replace(self.view.offers[sku], stock=to)}
            self.view = replace(self.view, offers=offers)

    def read(self) -> None:
        """The shop as it is: what may be compared is believed."""
        [seen] = self.shop.observe(ids=[PRODUCT])
        for sku, pieces in (self.shop.comparable(Facet.stock, seen) or {}).items():
            self.acknowledge(sku, pieces)
        if (visible := self.shop.comparable(Facet.visibility, seen)) is not None:
            self.acknowledge(None, visible["visible"])


def _key(change: Change) -> tuple[Facet, str]:
    return change.facet, change.sku or ""


def _engine(clock: ManualClock) -> Engine:
    listing = sized_listing(12, 12)
    offers = {sku: OfferView(number, listing.prices[sku].list, 12) for sku, number in SKUS.items()}
    view = ListingView(
        1, "KOPI-GAYO", PRODUCT, created=True, renderer=RENDERER, content=listing.content,
        structure=listing.structure, visible=True, offers=offers,
    )  # fmt: skip
    return Engine(adapter(clock), clock, view)


PIECES = st.integers(0, 4)
EVENTS = st.lists(st.tuples(st.tuples(PIECES, PIECES), st.booleans()), min_size=1, max_size=6)


@given(EVENTS, st.booleans())
@settings(max_examples=60, deadline=None)
def test_nothing_is_on_sale_that_is_not_there(events: list[tuple[tuple[int, int], bool]], by_row: bool) -> None:
    clock, market = ManualClock(START), Market(by_row)
    engine = _engine(clock)
    with wired() as wire:
        market.lay(wire)
        for stocks, killed in events:
            if killed:
                engine.shop = adapter(clock)
            engine.settle(stocks)
            for number, pieces in zip(SKUS.values(), stocks, strict=True):
                assert not market.active or market.numbers[number] == pieces
            clock.advance(timedelta(minutes=11).total_seconds())
            engine.settle(stocks)
            # It comes back with its pieces, by itself.
            assert market.active == all(stocks)


@given(st.integers(1, 4), st.booleans())
@settings(max_examples=10, deadline=None)
def test_what_buyers_took_to_the_last_piece_keeps_the_others_on_sale(left: int, by_row: bool) -> None:
    clock, market = ManualClock(START), Market(by_row)
    engine = _engine(clock)
    with wired() as wire:
        market.lay(wire)
        engine.settle((1, left))
        market.numbers[SKUS["KG-250"]] = 0
        engine.settle((0, left))
    assert market.active
    assert market.numbers[SKUS["KG-500"]] == left
