"""Anything in any order: hypothesis plays catalogue, buyers, line and power cut; in the end all agrees."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from adapters.contract import Call, Outcome
from syncer.errors import ChannelBusy
from tests.road.road import Road, road

OPERATIONS = (
    "/api/v2/product/add_item", "/api/v2/product/init_tier_variation", "/api/v2/product/unlist_item",
    "/api/v2/product/update_stock", "/api/v2/product/update_price", "/api/v2/product/update_item",
    "/api/v2/order/get_order_list", "/api/v2/product/get_item_base_info", "/api/v2/product/search_item",
    "/api/v2/media_space/upload_image", "*",
)  # fmt: skip
KINDS = (
    "lose_request", "lose_response", "late_apply", "http_500", "http_503", "garbage", "truncated", "throttle",
    "omit_row", "partial_batch", "expire_token",
)  # fmt: skip


class PowerCut(BaseException):
    """The process is gone: nothing after this line of the engine happens."""


class RoadMachine(RuleBasedStateMachine):
    """The world, and everything that happens in it."""

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.way: Road = self.stack.enter_context(road(folder, ("BLC-SJK", "RSM-CNC", "RSM-KNH")))
        self.skus = [row["sku"] for row in self.way.rows]
        for row in self.way.rows:
            row["producer_price_idr"] = ""  # below a producer's floor a price is held, and that is right
        self.way.import_rows()

    def teardown(self) -> None:
        if not hasattr(self, "way"):
            return
        try:
            self._agree_in_the_end()
        finally:
            self.stack.close()

    # --- what happens ------------------------------------------------------------------------------------------------

    @rule(place=st.integers(0, 9), pieces=st.integers(0, 30))
    def count(self, place: int, pieces: int) -> None:
        self.way.clock.advance(1)
        self.way.count(self.skus[place % len(self.skus)], pieces)

    @rule(place=st.integers(0, 9), thousands=st.integers(20, 60))
    def price(self, place: int, thousands: int) -> None:
        self.way.price(self.skus[place % len(self.skus)], thousands * 1000)

    @rule(place=st.integers(0, 9), number=st.integers(1, 9))
    def describe(self, place: int, number: int) -> None:
        row = self.way.rows[place % len(self.way.rows)]
        self.way.rewrite(
            row["product_code"], description=f"{row['description'].split(' Cetakan')[0]} Cetakan {number}."
        )

    @rule(place=st.integers(0, 9), paid=st.booleans())
    def sell(self, place: int, paid: bool) -> None:
        sku = self.skus[place % len(self.skus)]
        there = [v for row in self.way.sandbox.truth() if row["status"] == "live" for v in row["variants"]]
        if any(v["sku"] == sku and v["stock"] > 0 for v in there):
            self.way.clock.advance(1)
            self.way.buy(sku, 1, paid)

    @rule(operation=st.sampled_from(OPERATIONS), kind=st.sampled_from(KINDS), times=st.integers(1, 3))
    def fault(self, operation: str, kind: str, times: int) -> None:
        self.way.fault(operation, kind, times)

    @rule(seconds=st.sampled_from([1, 70, 700, 20_000]))
    def wait(self, seconds: int) -> None:
        self.way.clock.advance(seconds)

    @rule()
    def resync(self) -> None:
        self.way.resync()

    @rule(calls=st.integers(0, 6), sent=st.booleans())
    def power_cut(self, calls: int, sent: bool) -> None:
        """The process dies at a call: before it leaves, or after it arrived."""
        shop = self.way.shop()
        left = [calls]
        send = shop.adapter.send

        def dying(call: Call) -> list[Outcome]:
            if left[0] == 0:
                if sent:
                    send(call)
                raise PowerCut
            left[0] -= 1
            return send(call)

        shop.adapter.send = dying  # type: ignore[method-assign]
        try:
            from syncer.sync.run import run

            run(shop, self.way.request())
        except (PowerCut, ChannelBusy):
            return

    # --- what must hold ----------------------------------------------------------------------------------------------

    @invariant()
    def nothing_twice(self) -> None:
        if hasattr(self, "way"):
            self.way.shown()
            assert all(count == 1 for count in self.way.titles().values())

    @invariant()
    def nothing_put_back(self) -> None:
        if hasattr(self, "way"):
            assert self.way.sandbox.calls()["oversold"] == 0

    def _agree_in_the_end(self) -> None:
        self.way.calm()
        for _ in range(4):
            self.way.clock.advance(25_000)
            self.way.pull()
            self.way.resync(failed=True)
            self.way.resync()
        with self.way.database.read() as session:
            from sqlmodel import select

            from syncer.store.tables import VariantRow

            wanted = {row.sku: (row.price_idr, max(0, row.stock)) for row in session.exec(select(VariantRow))}
        shown = {sku: (v["price"], v["stock"]) for sku, v in self.way.shown().items()}
        wrong = {sku: (shown.get(sku), wanted[sku]) for sku in wanted if shown.get(sku) != wanted[sku]}
        assert not wrong, f"{{SKU: (shown, wanted)}}: {wrong}"


RoadMachine.TestCase.settings = settings(
    max_examples=25, stateful_step_count=14, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
TestRoad = RoadMachine.TestCase
