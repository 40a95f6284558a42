"""The contract, as tests: every adapter inherits them, each numbered as in `adapters/contract.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest

from adapters.contract import (
    Absent,
    Accepted,
    Applied,
    AuthError,
    Begun,
    Call,
    Cause,
    Change,
    Classifier,
    Deferred,
    Effect,
    Facet,
    Found,
    Listing,
    ListingState,
    Locked,
    OrderState,
    Outcome,
    Price,
    Rejected,
    Structure,
    Transient,
    Unknown,
    Urgency,
    Variant,
)
from tests.contract.bench import Bench, bench

SECRET = re.compile("key|token|secret")


def _classifier(at: Bench) -> Any:
    """The adapter, where it shows a tree."""
    if not isinstance(at.adapter, Classifier):
        pytest.skip("shows no tree")
    return at.adapter


class ContractTests:
    """Subclass it with the marketplace's name and the operations that faults must hit.

    `least_writes` = the fewest calls, by the marketplace's call policy, for three prices and three falling stocks of
    one listing.
    """

    marketplace: str
    create_operation: str
    price_operation: str
    stock_operation: str
    least_writes: int
    switches: Mapping[str, str] = {}
    """Positions without which the marketplace could not be tried at all."""
    shows_unpaid: bool = True
    """Whether it shows an order before it is paid."""

    @pytest.fixture
    def at(self) -> Iterator[Bench]:
        with bench(self.marketplace, self.switches) as made:
            yield made

    # --- Classifier: not numbered, since a marketplace need not have it ----------------------------------------------

    def test_the_tree_is_whole_and_learn_knows_its_leafs(self, at: Bench) -> None:
        adapter = _classifier(at)
        nodes = list(adapter.tree())
        by_id = {node.id: node for node in nodes}
        assert len(by_id) == len(nodes)
        assert by_id[at.category].leaf
        above = {node.path[:depth] for node in nodes for depth in range(1, len(node.path))}
        assert above == {node.path for node in nodes if not node.leaf}
        branch = next(node for node in nodes if not node.leaf)
        bounds = adapter.learn([at.category, branch.id]).bounds
        assert (bounds[at.category].known, bounds[branch.id].known) == (True, False)

    def test_a_closed_category_is_in_no_tree_and_not_known(self, at: Bench) -> None:
        adapter = _classifier(at)
        at.shop.control("POST", "category", {"close": at.category})
        assert at.category not in {node.id for node in adapter.tree()}
        assert not adapter.learn([at.category]).bounds[at.category].known

    def test_what_is_suggested_are_leafs(self, at: Bench) -> None:
        adapter = _classifier(at)
        leafs = {node.id for node in adapter.tree() if node.leaf}
        found = adapter.suggest("Madu hutan pelawan asli Bangka")
        assert isinstance(found, tuple)
        assert set(found) <= leafs
        assert len(set(found)) == len(found)

    # --- C1 to C3: calls ---------------------------------------------------------------------------------------------

    def test_c01_calls_is_pure(self, at: Bench) -> None:
        changes = [at.create(at.listing()), at.create(at.listing(3))]
        before = at.shop.calls()["total"]
        assert at.adapter.calls(changes) == at.adapter.calls(changes)
        assert at.shop.calls()["total"] == before

    def test_c02_no_change_is_lost_or_repeated(self, at: Bench) -> None:
        listing = at.listing(3)
        ids = at.made(listing)
        changes = [at.create(at.listing()), *(at.price(ids, listing, sku, 70_000) for sku in listing.prices)]
        carried = [id(change) for call in at.adapter.calls(changes) for change in call.changes]
        assert sorted(carried) == sorted(map(id, changes))

    def test_c03_fewest_writes_and_most_urgent_first(self, at: Bench) -> None:
        listing = at.listing(3)
        ids = at.made(listing)
        skus = list(listing.prices)
        prices = [at.price(ids, listing, sku, 60_000) for sku in skus]
        falls = [replace(at.stock(ids, listing, sku, 1), urgency=Urgency.now) for sku in skus]
        calls = at.adapter.calls([*prices, *falls])
        assert len([call for call in calls if call.effect is Effect.write]) == self.least_writes
        assert {change.facet for change in calls[0].changes} == {Facet.stock}

    # --- C4 to C6, C16: send -----------------------------------------------------------------------------------------

    def test_c04_one_call_on_the_wire_and_outcomes_in_order(self, at: Bench) -> None:
        listing = at.listing(3)
        ids = at.made(listing)
        for call in at.adapter.calls([at.price(ids, listing, sku, 61_000) for sku in listing.prices]):
            at.shop.control("DELETE", "calls")
            outcomes = at.adapter.send(call)
            assert at.shop.calls()["writes"] == 1
            assert len(outcomes) == len(call.changes)
            ends = [at.followed(change, outcome) for change, outcome in zip(call.changes, outcomes, strict=True)]
            assert all(isinstance(outcome, Applied) for outcome in ends)

    @pytest.mark.parametrize("kind", ["http_500", "http_503", "garbage", "truncated", "lose_request", "throttle"])
    def test_c05_send_never_raises(self, at: Bench, kind: str) -> None:
        listing = at.listing()
        ids = at.made(listing)
        at.fault(self.stock_operation, kind, None)
        [outcome] = at.outcomes([at.stock(ids, listing, listing.code, 3)])
        assert isinstance(outcome, Deferred | Unknown)

    @pytest.mark.parametrize("kind", ["lose_response", "garbage", "truncated"])
    def test_c06_a_lost_answer_is_unknown(self, at: Bench, kind: str) -> None:
        listing = at.listing()
        change = self._until_created(at, listing)
        at.fault(self.create_operation, kind)
        [outcome] = at.outcomes([change])
        assert isinstance(outcome, Unknown)
        assert outcome.settles_at >= at.clock.now()

    def test_c06_a_stock_write_is_not_repeated_by_the_transport(self, at: Bench) -> None:
        listing = at.listing()
        ids = at.made(listing)
        at.fault(self.stock_operation, "lose_response", None)
        at.shop.control("DELETE", "calls")
        [outcome] = at.outcomes([at.stock(ids, listing, listing.code, 3)])
        assert isinstance(outcome, Unknown)
        assert at.shop.calls()["writes"] == 1

    def test_c16_one_bad_change_does_not_fail_its_call(self, at: Bench) -> None:
        listing = at.listing(3)
        ids = at.made(listing)
        at.fault(self.price_operation, "reject_row")
        outcomes = at.ended([at.price(ids, listing, sku, 63_000) for sku in listing.prices])
        assert [isinstance(o, Applied) for o in outcomes].count(True) == 2
        assert [isinstance(o, Rejected | Locked) for o in outcomes].count(True) == 1

    # --- C7: creates -------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("variants", [0, 2])
    def test_c07_a_create_goes_step_by_step(self, at: Bench, variants: int) -> None:
        listing = at.listing(variants)
        ids = at.made(listing)
        [shown] = at.truth(listing)
        assert shown["status"] == "live"
        assert shown["external_id"] == ids.listing
        assert {v["sku"]: v["price"] for v in shown["variants"]} == {s: p.list for s, p in listing.prices.items()}
        assert {v["sku"]: v["stock"] for v in shown["variants"]} == dict(listing.stocks)
        assert set(ids.offers) == set(listing.prices)

    def test_c07_a_half_built_listing_is_never_on_sale(self, at: Bench) -> None:
        listing = at.listing(2)
        change: Change = at.create(listing)
        while not isinstance(outcome := at.ended([change])[0], Applied):
            assert isinstance(outcome, Begun)
            assert all(row["status"] == "hidden" for row in at.truth(listing) if len(row["variants"]) < 2)
            change = at.next(change, outcome)
        at.reviewed(outcome.ids or change.ids)
        assert [row["status"] for row in at.truth(listing)] == ["live"]

    # --- C8: find ----------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("variants", [0, 2])
    def test_c08_find_sees_what_is_there(self, at: Bench, variants: int) -> None:
        there, absent = at.listing(variants), at.listing(variants)
        intent = at.intent(there, sent=True)
        ids = at.made(there)
        at.settle()
        found, nothing = at.adapter.find([intent, at.intent(absent)])
        assert isinstance(found, Found)
        assert [seen.external_id for seen in found.listings] == [ids.listing]
        assert isinstance(nothing, Absent)

    def test_c08_find_sees_the_half_built(self, at: Bench) -> None:
        listing = at.listing(2)
        intent = at.intent(listing, sent=True)
        change = self._until_created(at, listing)
        at.fault(self.create_operation, "lose_response")
        assert isinstance(at.outcomes([change])[0], Unknown)
        at.settle()
        [found] = at.adapter.find([intent])
        assert isinstance(found, Found)
        assert found.listings[0].created_at is not None

    def test_c08_find_sees_the_hidden(self, at: Bench) -> None:
        listing = at.listing(0, visible=False)
        intent = at.intent(listing, sent=True)
        at.made(listing)
        at.settle()
        [found] = at.adapter.find([intent])
        assert isinstance(found, Found)

    def test_c08_find_sees_what_a_person_made(self, at: Bench) -> None:
        listing = at.listing(2)
        rows = [{"sku": sku, "price": 50_000, "stock": 3} for sku in listing.prices]
        at.shop.control("POST", "listings", [{"title": listing.content.title, "code": listing.code, "variants": rows}])
        at.settle()
        [found] = at.adapter.find([at.intent(listing)])
        assert isinstance(found, Found)

    # --- C9, C10: observe and compare --------------------------------------------------------------------------------

    def test_c09_observe_is_complete_and_each_once(self, at: Bench) -> None:
        made = {at.made(at.listing(n % 3)).listing for n in range(5)}
        rows = [{"title": f"Made by hand {n}", "variants": [{"sku": f"H-{n}", "price": 9_000, "stock": 1}]}
                for n in range(120)]  # fmt: skip
        made |= set(at.shop.control("POST", "listings", rows))
        seen = [observed.external_id for observed in at.adapter.observe()]
        assert len(seen) == len(set(seen))
        assert set(seen) == made

    def test_c09_observe_is_lazy(self, at: Bench) -> None:
        at.made(at.listing())
        at.shop.control("DELETE", "calls")
        pages = at.adapter.observe()
        assert at.shop.calls()["total"] == 0
        next(iter(pages))
        assert at.shop.calls()["total"] > 0

    def test_c09_observe_with_ids_gives_just_these(self, at: Bench) -> None:
        first, _second = at.made(at.listing()), at.made(at.listing(2))
        seen = list(at.adapter.observe(ids=[first.listing, "987654321"]))
        assert [observed.external_id for observed in seen] == [first.listing]

    def test_c10_comparable_is_in_our_terms(self, at: Bench) -> None:
        listing = at.listing(2)
        seen = at.observe(at.made(listing))
        compare = at.adapter.comparable
        assert dict(compare(Facet.price, seen)) == {sku: price.list for sku, price in listing.prices.items()}
        assert dict(compare(Facet.stock, seen)) == dict(listing.stocks)
        assert compare(Facet.visibility, seen)["visible"] is True
        content = compare(Facet.content, seen)
        assert content is None or content["title"] == listing.content.title
        assert seen.state is ListingState.live
        json.loads(seen.raw)

    def test_c10_zero_is_zero_and_hidden_is_hidden(self, at: Bench) -> None:
        listing = replace(at.listing(), stocks={"PRD-001": 0})
        ids = at.made(listing)
        at.ended([Change(Facet.visibility, listing.code, None, True, False, ids)])
        seen = at.observe(ids)
        stock = at.adapter.comparable(Facet.stock, seen)
        assert stock is None or dict(stock) == {listing.code: 0}
        assert at.adapter.comparable(Facet.visibility, seen)["visible"] is False

    # --- C11, C12: writes --------------------------------------------------------------------------------------------

    def test_c11_writes_are_absolute(self, at: Bench) -> None:
        listing = at.listing(2)
        ids = at.made(listing)
        changes = [*(at.price(ids, listing, sku, 64_000) for sku in listing.prices),
                   *(at.stock(ids, listing, sku, 7) for sku in listing.prices)]  # fmt: skip
        for call in at.adapter.calls(changes):
            twice = [at.adapter.send(call), at.adapter.send(call)]
            ends = [[at.followed(c, o) for c, o in zip(call.changes, sent, strict=True)] for sent in twice]
            assert ends[0] == ends[1]
        [shown] = at.truth(listing)
        assert [(v["price"], v["stock"]) for v in shown["variants"]] == [(64_000, 7)] * 2

    def test_c11_content_and_visibility(self, at: Bench) -> None:
        listing = at.listing()
        ids = at.made(listing)
        renamed = replace(listing.content, title="Keranjang anyam lidi nipah dengan nama baru")
        content = Change(Facet.content, listing.code, None, listing.content, renamed, ids)
        hide = Change(Facet.visibility, listing.code, None, True, False, ids)
        ends = at.ended([content, hide])
        assert all(isinstance(outcome, Applied) for outcome in ends)
        at.reviewed(ids)
        if any(Facet.visibility in outcome.disturbs for outcome in ends if isinstance(outcome, Applied)):
            assert at.ended([hide]) == [Applied()]  # what the edit may have put on sale again
        [shown] = at.truth(listing)
        assert shown["title"] == renamed.title
        assert shown["status"] in ("hidden", "archived")

    # --- C13: orders -------------------------------------------------------------------------------------------------

    def test_c13_orders_are_typed_and_complete(self, at: Bench) -> None:
        listing = at.listing(2)
        ids = at.made(listing)
        began = at.clock.now()
        skus = list(listing.prices)
        for number in range(60):
            at.clock.advance(1)
            if number < 12:
                at.buy(ids, skus[number % 2], paid=number % 3 != 0)
        at.clock.advance(60)
        orders = {order.id: order for order in at.adapter.orders(began)}
        assert len(orders) == (12 if self.shows_unpaid else 8)
        for order in orders.values():
            assert order.placed_at.tzinfo is not None
            assert order.placed_at.astimezone(UTC) >= began.replace(microsecond=0)
            [line] = order.lines
            assert (line.listing_id, line.taken) == (ids.listing, 1)
            assert line.offer_id in ids.offers.values()
        assert {order.state for order in orders.values()} <= {OrderState.unpaid, OrderState.open}

    def test_c13_a_cancellation_gives_back(self, at: Bench) -> None:
        listing = at.listing()
        ids = at.made(listing)
        began = at.clock.now()
        bought = at.buy(ids, listing.code, 2)
        at.clock.advance(5)
        at.shop.control("POST", f"orders/{bought}/advance", {"to": "cancelled"})
        at.clock.advance(5)
        [order] = {order.id: order for order in at.adapter.orders(began)}.values()
        assert order.state is OrderState.cancelled
        assert sum(line.taken for line in order.lines) == 0

    # --- C14: authorisation ------------------------------------------------------------------------------------------

    def test_c14_a_revoked_shop_needs_a_person(self, at: Bench) -> None:
        listing = at.listing()
        ids = at.made(listing)
        at.shop.control("POST", "deauthorise", {})
        [outcome] = at.outcomes([at.price(ids, listing, listing.code, 66_000)])
        assert isinstance(outcome, Rejected | Locked)
        assert outcome.cause.value in ("auth", "config", "binding")
        with pytest.raises(AuthError):
            list(at.adapter.observe())

    # --- C15: secrets ------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("kind", ["lose_response", "http_500", "garbage", "throttle", "lose_request"])
    def test_c15_no_secret_in_what_is_said(self, at: Bench, kind: str) -> None:
        listing = at.listing()
        ids = at.made(listing)
        at.fault("*", kind, None)
        said = [repr(outcome) for outcome in at.outcomes([at.stock(ids, listing, listing.code, 2)])]
        try:
            list(at.adapter.observe())
        except Exception as error:
            said += [repr(error), str(error), repr(error.__cause__), repr(error.__context__)]
        secrets = [str(text) for name, text in at.shop.credentials.items() if SECRET.search(name)]
        assert secrets
        assert not [text for text in said for secret in secrets if secret in text or "sign=" in text]

    # --- parts -------------------------------------------------------------------------------------------------------

    def _until_created(self, at: Bench, listing: Listing) -> Change:
        """The create of `listing`, gone as far as its creating call."""
        change = at.create(listing)
        while True:
            [call] = at.adapter.calls([change])
            if call.effect is Effect.write:
                return change
            [outcome] = self._sent(at, call)
            assert isinstance(outcome, Begun)
            change = at.next(change, outcome)

    def _sent(self, at: Bench, call: Call) -> list[Outcome]:
        outcomes: list[Outcome] = at.adapter.send(call)
        return outcomes


class BatchTests(ContractTests):
    """For marketplaces that take several rows in a call."""

    def test_c06_a_row_in_no_list_is_unknown(self, at: Bench) -> None:
        listing = at.listing(3)
        ids = at.made(listing)
        at.fault(self.price_operation, "omit_row")
        outcomes = at.ended([at.price(ids, listing, sku, 62_000) for sku in listing.prices])
        assert sorted(type(o).__name__ for o in outcomes) == ["Applied", "Applied", "Unknown"]


class StructureTests(ContractTests):
    """For marketplaces whose variants can be changed."""

    def test_c12_a_structure_write_keeps_what_is_there(self, at: Bench) -> None:
        listing = at.listing(2)
        ids = at.made(listing)
        fresh = Variant(f"{listing.code}-9", ("Ukuran 9",), 250, (20, 15, 10))
        wanted = Structure(listing.structure.options, (*listing.structure.variants, fresh))
        whole = replace(
            listing, structure=wanted, prices={**listing.prices, fresh.sku: Price(55_000)},
            stocks={**listing.stocks, fresh.sku: 4},
        )  # fmt: skip
        change = Change(
            Facet.structure, listing.code, None, listing.structure, wanted, ids, observed=at.observe(ids), listing=whole
        )
        outcome = self._to_the_end(at, change)
        assert isinstance(outcome, Applied)
        [shown] = at.truth(listing)
        assert {v["sku"]: v["stock"] for v in shown["variants"]} == dict(whole.stocks)
        kept = {v["sku"]: v["external_id"] for v in shown["variants"]}
        assert all(kept[sku] in ids.offers[sku] for sku in listing.prices)

    def test_c12_only_what_the_change_leaves_out_goes_and_the_sellers_own_stays(self, at: Bench) -> None:
        listing = at.listing(3)
        ids = at.made(listing)
        own = {"sku": "PENJUAL-1", "price": 52_000, "stock": 3}
        first = listing.structure.variants[0].sku
        at.shop.control("POST", "edit", {"sku": first, "add_variant": own})
        at.settle()
        seen = at.observe(ids)
        sellers = {o.external_id for o in seen.offers} - set(ids.offers.values())
        wanted = replace(listing.structure, variants=listing.structure.variants[:2])
        change = Change(Facet.structure, listing.code, None, listing.structure, wanted, ids, observed=seen,
                        listing=replace(listing, structure=wanted))  # fmt: skip
        outcome = self._to_the_end(at, change)
        assert isinstance(outcome, Applied)
        at.settle()
        shown = {offer.external_id for offer in at.observe(ids).offers}
        assert shown == {ids.offers[v.sku] for v in wanted.variants} | sellers
        [product] = at.truth(listing)
        [kept] = [v for v in product["variants"] if v["sku"] == own["sku"]]
        assert (kept["price"], kept["stock"]) == (52_000, 3)

    def _to_the_end(self, at: Bench, change: Change) -> Outcome:
        while isinstance(outcome := at.ended([change])[0], Begun):
            change = at.next(change, outcome)
            if change.ids is not None:
                change = replace(change, observed=at.observe(change.ids))
        return outcome


class SteppedCreateTests(ContractTests):
    """For marketplaces that make a listing in several calls."""

    def test_c07_a_lost_step_goes_on_from_what_is_there(self, at: Bench) -> None:
        listing = at.listing(2)
        change = at.create(listing)
        while change.ids is None:
            [outcome] = at.outcomes([change])
            assert isinstance(outcome, Begun)
            change = at.next(change, outcome)
        found = at.observe(change.ids)
        again = replace(change, next_step=None, observed=found)
        while not isinstance(outcome := at.outcomes([again])[0], Applied):
            assert isinstance(outcome, Begun)
            again = at.next(again, outcome)
        assert len(at.truth(listing)) == 1


class QueuedCreateTests(ContractTests):
    """For marketplaces that queue or review a create."""

    def test_c07_a_create_is_accepted_and_polled_to_its_end(self, at: Bench) -> None:
        listing = at.listing(2)
        change = at.create(listing)
        [outcome] = at.outcomes([change])
        assert isinstance(outcome, Accepted)
        assert not isinstance(at.followed(change, outcome), Accepted)

    def test_c07_what_needs_correction_is_kept_and_goes_on_from_there(self, at: Bench) -> None:
        listing = at.listing(2)
        change = at.create(listing)
        [outcome] = at.outcomes([change])
        at.shop.control("POST", "review", {"sku": next(iter(listing.prices)), "verdict": "needs_correction"})
        refused = at.followed(change, outcome)
        assert isinstance(refused, Rejected)
        assert (refused.cause, bool(refused.text)) == (Cause.review, True)
        assert refused.ids is not None
        again = replace(change, ids=refused.ids, next_step=refused.next_step)
        assert isinstance(at.ended([again])[0], Applied)
        assert [row["status"] for row in at.truth(listing)] == ["live"]

    def test_c07_what_is_refused_for_good_says_so(self, at: Bench) -> None:
        listing = at.listing()
        change = at.create(listing)
        [outcome] = at.outcomes([change])
        at.shop.control("POST", "review", {"sku": listing.code, "verdict": "rejected"})
        refused = at.followed(change, outcome)
        assert isinstance(refused, Rejected)
        assert refused.ids is None
        assert at.truth(listing) == []

    def test_c07_a_queue_that_says_nothing_loses_no_create(self, at: Bench) -> None:
        listing = at.listing(2)
        change = at.create(listing)
        at.fault(self.create_operation, "stuck_queue")
        [outcome] = at.outcomes([change])
        assert isinstance(at.followed(change, outcome), Applied)

    def test_c08_find_gives_a_receipt_of_what_is_queued_or_reviewed(self, at: Bench) -> None:
        listing = at.listing(2)
        intent, change = at.intent(listing, sent=True), at.create(listing)
        at.fault(self.create_operation, "lose_response")
        assert isinstance(at.outcomes([change])[0], Unknown)
        at.clock.advance(1.5)
        [found] = at.adapter.find([intent])
        assert isinstance(found, Found)
        [seen] = found.listings
        assert seen.receipt is not None
        assert isinstance(at.followed(change, Accepted(seen.receipt, at.clock.now())), Applied)


class TokenTests(ContractTests):
    """For marketplaces whose access ends by itself."""

    token_operation: str

    def test_c14_refresh_returns_the_new_pair(self, at: Bench) -> None:
        old = at.grants.current
        new = at.adapter.refresh(old)
        assert new.access_token != old.access_token
        assert new.refresh_token != old.refresh_token
        assert new.access_expires_at is not None
        with pytest.raises(AuthError):
            at.adapter.refresh(old)

    def test_c14_a_lost_refresh_is_transient(self, at: Bench) -> None:
        at.fault(self.token_operation, "http_503", None)
        with pytest.raises(Transient):
            at.adapter.refresh(at.grants.current)

    def test_c14_an_ended_token_is_renewed_once_and_the_call_goes_through(self, at: Bench) -> None:
        listing = at.listing()
        ids = at.made(listing)
        at.fault(self.stock_operation, "expire_token")
        [outcome] = at.outcomes([at.stock(ids, listing, listing.code, 6)])
        assert isinstance(outcome, Applied)
        assert at.grants.renewed == 1
