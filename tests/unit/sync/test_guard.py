"""The guards: what would hurt is held, with its numbers; the rest goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import Change, Content, Facet, Ids, Listing, Price, Structure, Variant
from syncer.sync.guard import History, Thresholds, binding, guard
from syncer.texts import told

LIMITS = Thresholds()
IDS = Ids("1", {f"S-{n}": f"1:{n}" for n in range(40)})


def price(sku: str, before: int | None, to: int) -> Change:
    return Change(Facet.price, "P", sku, None if before is None else Price(before), Price(to), IDS)


def stock(sku: str, before: int | None, to: int) -> Change:
    return Change(Facet.stock, "P", sku, before, to, IDS)


def create(rupiah: int) -> Change:
    variant = Variant("S-0", (), 100, (1, 1, 1))
    content = Content("Title", "Description", "1", ())
    listing = Listing("P", Structure((), (variant,)), content, {"S-0": Price(rupiah)}, {"S-0": 1}, True)
    return Change(Facet.structure, "P", None, None, listing)


def known(**prices: int) -> History:
    return History(prices={sku.replace("_", "-"): (value,) for sku, value in prices.items()})


@pytest.mark.parametrize(
    ("change", "history", "rule"),
    [
        (price("S-1", 50_000, 0), known(S_1=50_000), "price_zero"),
        (create(0), History(), "price_zero"),
        (price("S-1", 50_000, 250_000), known(S_1=50_000), "price_leap"),
        (price("S-1", 50_000, 10_000), known(S_1=50_000), "price_leap"),
        (price("S-1", 50_000, 249_999), known(S_1=50_000), None),
        (price("S-1", 50_000, 10_001), known(S_1=50_000), None),
        (price("S-1", 50_000, 45_000), History(prices={"S-1": (50_000, 9_000)}), "price_leap"),
        (price("S-1", 50_000, 40_000), History(floors={"S-1": 40_001}), "below_floor"),
        (create(40_000), History(floors={"S-0": 40_001}), "below_floor"),
        (create(40_001), History(floors={"S-0": 40_001}), None),
        (stock("S-1", 3, 30), History(), "stock_leap"),
        (stock("S-1", 0, 20), History(), "stock_leap"),
        (stock("S-1", 0, 19), History(), None),
        (stock("S-1", 3, 29), History(), None),
        (stock("S-1", 500, 0), History(), None),
        (stock("S-1", None, 500), History(), None),
    ],
)  # fmt: skip
def test_one_change(change: Change, history: History, rule: str | None) -> None:
    verdict = guard([change], history, LIMITS)
    assert [hold.rule for hold in verdict.holds] == ([] if rule is None else [rule])
    assert len(verdict.passed) == (1 if rule is None else 0)


def test_a_lost_variant_and_changed_tiers_are_held() -> None:
    two = Structure(("Ukuran",), (Variant("S-1", ("1",), 1, (1, 1, 1)), Variant("S-2", ("2",), 1, (1, 1, 1))))
    one = replace(two, variants=two.variants[:1])
    tiers = tuple(replace(v, options=(*v.options, "Merah")) for v in two.variants)
    other = Structure(("Ukuran", "Warna"), tiers)
    for wanted, words in ((one, "S-2 would be removed"), (other, "'Ukuran' → 'Ukuran × Warna'")):
        verdict = guard([Change(Facet.structure, "P", None, two, wanted, IDS)], History(), LIMITS)
        assert [hold.rule for hold in verdict.holds] == ["variants_lost"]
        assert words in told(verdict.holds[0].message)


@pytest.mark.parametrize("ids", [Ids("1", {"S-1": "1:1"}), Ids("1", {"S-1": "1:1", "S-9": "1:2"})])
def test_what_has_no_id_or_another_name_is_not_lost_and_a_new_option_name_ends_nothing(ids: Ids) -> None:
    two = Structure(("Ukuran",), (Variant("S-1", ("1",), 1, (1, 1, 1)), Variant("S-2", ("2",), 1, (1, 1, 1))))
    wanted = Structure(("Nomor",), (two.variants[0], replace(two.variants[1], sku="S-9")))
    change = Change(Facet.structure, "P", None, two, wanted, ids)
    assert guard([change], History(), LIMITS).passed == (change,)


def test_too_many_prices_are_held_and_stocks_go_on() -> None:
    history = History(offers=40)
    prices = [price(f"S-{n}", 50_000, 51_000) for n in range(21)]
    stocks = [stock(f"S-{n}", 5, 4) for n in range(36)]
    verdict = guard([*prices, *stocks], history, LIMITS)
    assert [hold.rule for hold in verdict.holds] == ["share_price"]
    assert list(verdict.passed) == stocks
    assert "21 of 40 offers (52 %)" in told(verdict.holds[0].message)
    assert "50 % are allowed" in told(verdict.holds[0].message)


def test_the_last_hour_counts_but_each_offer_once() -> None:
    moved = History(offers=40, moved={"price": frozenset(f"S-{n}" for n in range(15))})
    fresh = [price(f"S-{n}", 50_000, 51_000) for n in range(20, 26)]
    again = [price(f"S-{n}", 50_000, 51_000) for n in range(15)]
    assert guard(fresh, moved, LIMITS).holds
    assert not guard(again, moved, LIMITS).holds


def test_small_shops_creates_and_sales_count_for_no_share() -> None:
    prices = [price(f"S-{n}", 50_000, 51_000) for n in range(19)]
    assert not guard(prices, History(offers=19), LIMITS).holds
    sold = frozenset(f"S-{n}" for n in range(40))
    falls = [stock(f"S-{n}", 5, 4) for n in range(40)]
    assert not guard(falls, History(offers=40, sold=sold), LIMITS).holds
    assert guard(falls, History(offers=40), LIMITS).holds
    assert not guard([create(50_000)] * 40, History(offers=40), LIMITS).holds


def test_take_downs_are_held_unless_the_producer_pauses() -> None:
    downs = [Change(Facet.visibility, f"P-{n}", None, True, False, Ids(str(n), {f"S-{n}": "x"})) for n in range(10)]
    assert [h.rule for h in guard(downs, History(offers=40), LIMITS).holds] == ["share_take_down"]
    excused = frozenset(change.code for change in downs)
    assert not guard(downs, History(offers=40, excused=excused), LIMITS).holds


def test_an_approval_binds_to_what_was_shown() -> None:
    change = price("S-1", 50_000, 0)
    history = History(prices={"S-1": (50_000,)}, approved=frozenset({binding(change)}))
    assert guard([change], history, LIMITS).passed == (change,)
    assert guard([price("S-1", 50_000, 1)], history, LIMITS).holds
    declined = guard([change], History(rejected=frozenset({binding(change)})), LIMITS)
    assert (declined.passed, declined.holds, declined.declined) == ((), (), (change,))


@given(st.lists(st.tuples(st.integers(0, 39), st.integers(1, 10**7), st.integers(0, 10**7)), unique_by=lambda t: t[0]))
def test_every_change_has_exactly_one_fate(rows: list[tuple[int, int, int]]) -> None:
    changes = [price(f"S-{n}", before, to) for n, before, to in rows]
    verdict = guard(changes, History(offers=40, prices={f"S-{n}": (b,) for n, b, _ in rows}), LIMITS)
    fates = [*verdict.passed, *verdict.declined, *(c for hold in verdict.holds for c in hold.changes)]
    assert sorted(map(id, fates)) == sorted(map(id, changes))
    assert all(isinstance(c.to, Price) and c.to.list > 0 for c in verdict.passed)
