"""Tokopedia & TikTok Shop keeps the contract."""

from __future__ import annotations

from dataclasses import replace

from adapters.contract import Applied, Begun, Cause, Change, Facet, Ids, Listing, Outcome, Rejected, Structure
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

    def test_c12_a_renamed_option_keeps_its_ids_and_its_value(self, at: Bench) -> None:
        listing = at.listing(3)
        ids = at.made(listing)
        first, *others = listing.structure.variants
        wanted = Structure(("Berat",), (*others, replace(first, options=("Ukuran satu",))))
        assert isinstance(self._restructured(at, listing, ids, wanted), Applied)
        seen = at.observe(ids)
        assert seen.options == ("Berat",)
        assert [(o.sku, o.options) for o in seen.offers] == [(v.sku, v.options) for v in wanted.variants]
        assert seen.ids() == ids

    def test_c12_a_variant_of_the_sellers_own_stays(self, at: Bench) -> None:
        listing = at.listing(2)
        ids = at.made(listing)
        grown = {"sku": next(iter(listing.prices)), "add_variant": {"sku": "PUNYA-SENDIRI", "price": 9000, "stock": 5}}
        at.shop.control("POST", "edit", grown)
        first, *others = listing.structure.variants
        wanted = replace(listing.structure, variants=(replace(first, options=("Ukuran satu",)), *others))
        assert isinstance(self._restructured(at, listing, ids, wanted), Applied)
        [shown] = at.truth(listing)
        assert {v["sku"]: v["stock"] for v in shown["variants"]} == {**listing.stocks, "PUNYA-SENDIRI": 5}
        plain = Structure((), (replace(first, options=()),))
        refused = self._restructured(at, listing, ids, plain)
        assert isinstance(refused, Rejected)
        assert (refused.cause, refused.code) == (Cause.config, "options_differ")
        assert "PUNYA-SENDIRI" in refused.text
        [after] = at.truth(listing)
        assert after["variants"] == shown["variants"]

    def test_c12_options_come_and_go_with_one_variant(self, at: Bench) -> None:
        listing = at.listing()
        ids = at.made(listing)
        [alone] = listing.structure.variants
        wanted = Structure(("Ukuran",), (replace(alone, options=("Kecil",)),))
        assert isinstance(self._restructured(at, listing, ids, wanted), Applied)
        assert [o.options for o in at.observe(ids).offers] == [("Kecil",)]
        assert isinstance(self._restructured(at, listing, ids, listing.structure), Applied)
        assert [o.options for o in at.observe(ids).offers] == [()]
        assert at.observe(ids).ids() == ids

    def _restructured(self, at: Bench, listing: Listing, ids: Ids, wanted: Structure) -> Outcome:
        whole = replace(listing, structure=wanted)
        seen = at.observe(ids)
        change = Change(Facet.structure, listing.code, None, None, wanted, ids, observed=seen, listing=whole)
        return self._to_the_end(at, change)

    def _on(self, at: Bench, change: Change, outcome: Outcome) -> Outcome:
        while isinstance(outcome, Begun):
            change = at.next(change, outcome)
            [outcome] = at.ended([change])
        assert isinstance(outcome, Applied | Rejected)
        return outcome
