"""A value is fresh when it was seen, and only then: what an answer lacks keeps its old mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from adapters.contract import Canonical, Facet, Observed
from syncer.channels.opening import lock_folder
from syncer.channels.shop import Shop
from syncer.report.model import FRESH_STOCK, make_report
from syncer.store.tables import ListingRow, OfferRow
from syncer.sync.audit import audit
from syncer.sync.lease import hold
from syncer.sync.readback import read_back
from tests.road.road import Road, road

SKU = "BLC-SJK-100"


@dataclass(frozen=True, slots=True)
class Blind:
    """An adapter whose answers lack some facets (C10: None is not zero)."""

    whole: Any
    lacking: frozenset[Facet]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.whole, name)

    def comparable(self, facet: Facet, observed: Observed) -> Canonical | None:
        """What may be compared, less what is lacking."""
        found: Canonical | None = None if facet in self.lacking else self.whole.comparable(facet, observed)
        return found


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Road]:
    with road(tmp_path, ("BLC-SJK",)) as made:
        made.resync()
        yield made


def blinded(way: Road, *lacking: Facet) -> Shop:
    shop = way.shop()
    return replace(shop, adapter=Blind(shop.adapter, frozenset(lacking)))


def look(way: Road, shop: Shop) -> None:
    with way.database.read() as session:
        numbers = [row for row in session.exec(select(ListingRow.id)) if row is not None]
    with hold(way.database, shop.id, shop.name, lock_folder(way.settings, way.database), way.clock, 1) as lease:
        read_back(shop, lease, numbers)


def seen_at(way: Road) -> dict[str, datetime | None]:
    with way.database.read() as session:
        offer = session.exec(select(OfferRow).where(OfferRow.sku == SKU)).one()
        listing = session.exec(select(ListingRow).where(col(ListingRow.id) == offer.listing_id)).one()
        return {
            "price": offer.price_observed_at, "stock": offer.stock_observed_at, "content": listing.content_observed_at,
            "structure": listing.structure_observed_at, "visibility": listing.visibility_observed_at,
            "listing": listing.observed_at,
        }  # fmt: skip


@pytest.mark.parametrize("lacking", list(Facet))
def test_what_an_answer_lacks_keeps_its_mark(way: Road, lacking: Facet) -> None:
    before = seen_at(way)
    way.clock.advance(3600)
    look(way, blinded(way, lacking))
    after = seen_at(way)
    moved = {name for name, moment in after.items() if moment != before[name]}
    assert moved == set(after) - {lacking.value}


def test_a_number_that_was_not_seen_is_not_fresh(way: Road) -> None:
    way.clock.advance(FRESH_STOCK.total_seconds() + 60)
    look(way, blinded(way, Facet.stock))
    with way.database.read() as session:
        (channel,) = make_report(session, way.clock.now()).channels
    fresh = channel.freshness
    assert (fresh.offers, fresh.price, fresh.stock) == (2, 2, 0)


def test_an_audit_judges_only_what_it_saw(way: Road) -> None:
    way.sandbox.control("POST", "edit", {"sku": SKU, "stock": 1, "price": 1_000})
    way.clock.advance(600)
    look(way, way.shop())
    locks = lock_folder(way.settings, way.database)
    way.clock.advance(600)
    assert [drift.facet for drift in audit(blinded(way, Facet.stock), locks, 1.0).drifts] == ["price"]
    assert [drift.facet for drift in audit(way.shop(), locks, 1.0).drifts] == ["price", "stock"]
