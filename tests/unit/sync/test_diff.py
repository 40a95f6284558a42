"""What a change carries beside its value."""

from __future__ import annotations

from adapters.contract import Content, Facet, Listing, Price, Structure, Variant
from syncer.listing.render import RENDERER, Rendered
from syncer.sync.diff import diff
from syncer.sync.view import ListingView, OfferView

STRUCTURE = Structure(("Ukuran",), tuple(Variant(s, (s,), 250, (20, 15, 10)) for s in ("TRS-S", "TRS-L")))
CONTENT = Content("Terasi Toboali", "Terasi udang.", "58", ())
WANTED = Listing(
    "TRS", STRUCTURE, CONTENT, {"TRS-S": Price(20_000), "TRS-L": Price(35_000)}, {"TRS-S": 0, "TRS-L": 4}, True
)


def test_stock_and_visibility_carry_the_whole_listing() -> None:
    """A shop that takes no stock of 0 can keep one variant from sale only with all others, so it must know them."""
    offers = {sku: OfferView(f"o-{sku}", WANTED.prices[sku].list, 9) for sku in WANTED.prices}
    view = ListingView(
        1, "TRS", "l-1", created=True, renderer=RENDERER, content=CONTENT, structure=STRUCTURE, visible=False,
        offers=offers,
    )  # fmt: skip
    changes = diff(view, Rendered("TRS", True, WANTED))
    assert [change.facet for change in changes] == [Facet.visibility, Facet.stock, Facet.stock]
    assert all(change.listing is WANTED for change in changes)
