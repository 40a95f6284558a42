"""Tokopedia & TikTok Shop keeps the contract."""

from __future__ import annotations

from adapters.contract import Applied, Begun, Change, Outcome, Rejected
from tests.contract.bench import Bench
from tests.contract.suite import StructureTests, TokenTests


class TestTikTokShop(StructureTests, TokenTests):
    marketplace = "tiktokshop"
    create_operation = "/product/202309/products"
    price_operation = "*"  # its path holds the product's id
    stock_operation = "inventory/update"
    token_operation = "/api/v2/token/refresh"
    least_writes = 2

    def test_c16_one_bad_change_does_not_fail_its_call(self, at: Bench) -> None:
        """What a partly failed call does not name is sent again alone (facts, section 5.1): a round more."""
        listing = at.listing(3)
        ids = at.made(listing)
        changes = [at.stock(ids, listing, sku, 7) for sku in listing.prices]
        at.fault(self.stock_operation, "reject_row")
        first = at.ended(changes)
        ends = [self._on(at, change, outcome) for change, outcome in zip(changes, first, strict=True)]
        assert sorted(type(o).__name__ for o in ends) == ["Applied", "Applied", "Rejected"]

    def _on(self, at: Bench, change: Change, outcome: Outcome) -> Outcome:
        while isinstance(outcome, Begun):
            change = at.next(change, outcome)
            [outcome] = at.ended([change])
        assert isinstance(outcome, Applied | Rejected)
        return outcome
