"""Which calls changes become: the fewest, the most urgent first, every change once (C1 to C3)."""

from __future__ import annotations

import base64
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

from adapters.contract import (
    Call,
    Change,
    Facet,
    Ids,
    Listing,
    ListingState,
    Observed,
    ObservedOffer,
    Price,
    Structure,
    Urgency,
)
from tests.adapters.blibli.store import (
    CATEGORY,
    L3,
    POINT,
    START,
    STORE,
    adapter,
    coloured_listing,
    content,
    create,
    ids,
    intent_of,
    listing_change,
    offer_change,
    picture,
    plain_listing,
    variant,
)

MANY = ids(*(f"S{n}" for n in range(250)))


def named(number: int, folder: Path | None = None, pictures: int = 0) -> Listing:
    """A shirt of its own name."""
    shots = [picture(folder, f"p{number}-{n}".encode(), f"{number}-{n}.jpg") for n in range(pictures)] if folder else []
    made = plain_listing(sku=f"KP-{number}")
    return replace(made, content=content(shots, title=f"Kaos {number}"))


def operations(calls: list[Call]) -> list[str]:
    return [call.operation for call in calls]


def test_creates_go_by_tens_with_names_of_their_own() -> None:
    changes = [create(named(n)) for n in range(23)]
    calls = adapter().calls(changes)
    assert [len(c.changes) for c in calls] == [10, 10, 3]
    twins = [create(plain_listing(sku="A")), create(plain_listing(sku="B"))]
    assert [len(c.changes) for c in adapter().calls(twins)] == [1, 1]


def test_creates_are_parted_where_their_pictures_weigh_too_much(tmp_path: Path) -> None:
    calls = adapter().calls([create(named(n, tmp_path, 8)) for n in range(10)])
    assert [len(c.changes) for c in calls] == [5, 5]


def test_one_product_a_create_where_the_store_wants_it_so() -> None:
    calls = adapter(assumptions={"blibli.create_body": "single"}).calls([create(named(n)) for n in range(2)])
    assert [json.loads(c.body)["name"] for c in calls] == ["Kaos 0", "Kaos 1"]


def test_the_body_of_a_create(tmp_path: Path) -> None:
    shot = picture(tmp_path)
    [call] = adapter().calls([create(plain_listing([shot]))])
    body = json.loads(call.body)
    assert body["bpCode"] == STORE
    [product] = body["products"]
    assert product["imageMap"] == {f"{shot.sha256[:16]}.jpg": f"sha256:{shot.sha256}"}
    assert len(call.body) < 2000
    assert base64.b64decode(product["description"]).decode() == "Kaos katun, nyaman."
    assert {k: product[k] for k in ("name", "brand", "categoryCode", "pickupPointCode", "weight", "productType")} == {
        "name": "Kaos Polos", "brand": "No Brand", "categoryCode": CATEGORY, "pickupPointCode": POINT, "weight": 250,
        "productType": 1,
    }  # fmt: skip
    assert product["productNonDefiningAttributes"] == {"BA-0000004": "Katun", "AS-0000005": "Indonesia"}
    assert product["productDefiningAttributes"] == {"WA-0000002": ["Merah"], "FA-2000060": ["Merah"]}
    [row] = product["productItems"]
    assert {k: row[k] for k in ("merchantSku", "price", "salePrice", "stock", "minimumStock", "buyable")} == {
        "merchantSku": "KP-1", "price": 150000, "salePrice": 150000, "stock": 12, "minimumStock": 1, "buyable": True,
    }  # fmt: skip


def test_options_become_the_categorys_variant_attributes() -> None:
    [call] = adapter().calls([create(coloured_listing())])
    [product] = json.loads(call.body)["products"]
    assert product["productDefiningAttributes"] == {
        "WA-0000002": ["Merah Tua", "Biru"], "FA-2000060": ["Merah", "Biru"],
    }  # fmt: skip
    red, blue = product["productItems"]
    assert red["attributesMap"] == {"WA-0000002": "Merah Tua", "FA-2000060": "Merah"}
    assert (blue["price"], blue["salePrice"]) == (155000, 140000)


def test_a_repeated_create_says_what_it_said() -> None:
    shop = adapter()
    first, second = create(named(1)), create(named(2))
    [call] = shop.calls([first, second])
    later = replace(second, to=named(2), intent=intent_of(named(2), START, call.body))
    changed = replace(later, to=replace(named(2), prices={"KP-2": Price(1_000_000)}))
    [again] = shop.calls([changed])
    assert json.loads(again.body)["products"] == [json.loads(call.body)["products"][1]]


def test_bulk_rows_by_hundreds_price_and_stock_apart() -> None:
    prices = [offer_change(Facet.price, s, Price(1000), Price(2000), MANY) for s in MANY.offers]
    stocks = [offer_change(Facet.stock, s, 1, 5, MANY) for s in MANY.offers]
    calls = adapter().calls([*prices, *stocks])
    assert Counter(operations(calls)) == {"bulk_update": 6}
    for call in calls:
        rows = json.loads(call.body)["productRequests"]
        assert len({tuple(sorted(row)) for row in rows}) == 1
        assert len({row["gdnSku"] for row in rows}) == len(rows) == len(call.changes) <= 100
        assert all("stock" not in row for row in rows)
    assert {c.facet for c in calls[0].changes} == {Facet.stock}


def test_a_sale_price_of_ours_travels_along_and_that_of_the_seller_is_read_when_it_is_sent() -> None:
    known = ids("A", "B")
    changes = [
        offer_change(Facet.price, "A", None, Price(200), known),
        offer_change(Facet.price, "B", None, Price(200, 150), known),
    ]
    [call] = adapter().calls(changes)
    pairs = [(r["price"], r.get("salePrice")) for r in json.loads(call.body)["productRequests"]]
    assert pairs == [(200, None), (200, 150)]


def test_urgent_stock_goes_alone_and_first() -> None:
    known = ids("A", "B")
    changes = [
        offer_change(Facet.price, "A", Price(100), Price(200), known, urgency=Urgency.manual),
        offer_change(Facet.stock, "B", 1, 9, known),
        offer_change(Facet.stock, "A", 9, 1, known, urgency=Urgency.now),
        offer_change(Facet.stock, "B", 9, 1, known, urgency=Urgency.now),
    ]
    calls = adapter().calls(changes)
    assert operations(calls) == ["stock", "stock", "bulk_update", "bulk_update"]
    assert json.loads(calls[0].body) == {"availableStock": 1}
    assert calls[2].changes[0].facet is Facet.price


def test_take_downs_by_hundreds_before_everything_routine() -> None:
    downs = [listing_change(Facet.visibility, True, False, ids(l3=f"TOQ-15126-{n:05d}")) for n in range(150)]
    ups = [listing_change(Facet.visibility, False, True, ids(l3=f"TOQ-15126-9{n:04d}")) for n in range(2)]
    rise = offer_change(Facet.stock, "A", 1, 2, ids("A"))
    calls = adapter().calls([rise, *ups, *downs])
    assert operations(calls) == ["archive", "archive", "bulk_update", "unarchive"]
    assert json.loads(calls[3].body) == {"productSkus": ["TOQ-15126-90000", "TOQ-15126-90001"]}


def test_content_sends_the_changed_fields_only() -> None:
    before, after = content(), content(title="Kaos Baru", category="KA-9")
    [call] = adapter().calls([listing_change(Facet.content, before, after, ids("KP-1"))])
    assert (call.operation, json.loads(call.body)) == ("detail_update", {"name": "Kaos Baru"})
    only = listing_change(Facet.content, before, content(category="KA-9"), ids("KP-1"))
    assert operations(adapter().calls([only])) == ["not_editable"]


def test_a_structure_write_carries_every_variant_there_is() -> None:
    two = coloured_listing()
    fresh = variant("KP-1-H", "Hijau")
    to = Structure(two.structure.options, (*two.structure.variants, fresh))
    known = ids("KP-1-R", "KP-1-B")
    offers = [ObservedOffer(o, s) for s, o in known.offers.items()]
    foreign = ObservedOffer(f"{L3}-00077", "HAND-MADE")
    seen = Observed(L3, None, "Kaos", state=ListingState.live, created_at=None, updated_at=None, seen_at=START,
                    offers=(*offers, foreign))  # fmt: skip
    whole = replace(two, structure=to, prices={**two.prices, "KP-1-H": Price(9000)}, stocks={**two.stocks, "KP-1-H": 4})
    change = listing_change(Facet.structure, two.structure, to, known, observed=seen, listing=whole)
    [call] = adapter().calls([change])
    rows = json.loads(call.body)["variants"]
    assert [r.get("blibliSku") for r in rows] == [f"{L3}-00001", f"{L3}-00002", None, f"{L3}-00077"]
    assert (rows[2]["stock"], rows[2]["price"]) == (4, {"regular": 9000, "sale": 9000})
    assert "stock" not in rows[0]


def test_a_correction_is_a_revision() -> None:
    kept = create(plain_listing(), ids=Ids(L3), next_step='{"revise":"MTA-1"}')
    calls = adapter().calls([create(named(3)), kept])
    assert operations(calls) == ["revise", "create"]
    body = json.loads(calls[0].body)
    assert body["productItems"][0]["price"] == {"regular": 150000, "sale": 150000}
    assert body["definingAttributes"] == {"WA-0000002": ["Merah"], "FA-2000060": ["Merah"]}


def test_what_is_there_is_never_created_again() -> None:
    assert operations(adapter().calls([create(plain_listing(), ids=Ids("MTA-1"))])) == ["follow"]


def test_no_change_is_lost_repeated_or_invented_and_calls_are_pure() -> None:
    known = ids("A", "B")
    changes: list[Change] = [
        create(named(1)), create(coloured_listing()),
        offer_change(Facet.price, "A", None, Price(5), known), offer_change(Facet.stock, "B", 2, 1, known),
        offer_change(Facet.stock, "A", 2, 1, known, urgency=Urgency.now),
        offer_change(Facet.price, "X", None, Price(5), known),
        listing_change(Facet.visibility, True, False, known), listing_change(Facet.content, None, content(), known),
        listing_change(Facet.structure, None, coloured_listing().structure, known),
    ]  # fmt: skip
    shop = adapter()
    calls = shop.calls(changes)
    assert sorted(id(c) for call in calls for c in call.changes) == sorted(map(id, changes))
    assert calls == shop.calls(changes)
    assert operations(calls).count("no_offer_id") == 2
