"""Attacks on the promises where Lazada and Tokopedia & TikTok Shop invite to break them (facts, their sections named
with each test)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from adapters.contract import Call, Outcome
from adapters.lazada import Lazada
from adapters.tiktokshop import TikTokShop
from syncer.store.tables import FacetRow
from tests.road.road import Road, road

CODE, SKU = "BLC-SJK", "BLC-SJK-100"
STRANGER = {"sku": "MILIK-PENJUAL", "price": 77_000, "stock": 9}


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def killed_before(adapter: type[Lazada] | type[TikTokShop], operation: str) -> Iterator[None]:
    """The process dies when the first call of `operation` is about to be sent."""
    send = adapter.send

    def die(self: Any, call: Call) -> list[Outcome]:
        if call.operation == operation:
            raise Killed
        return send(self, call)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr(adapter, "send", die)
        yield


@contextmanager
def small_road(folder: Path, marketplace: str) -> Iterator[Road]:
    """A road with one product of two variants."""
    with road(folder, (CODE,), marketplace=marketplace) as made:
        yield made


def _standing(way: Road) -> set[tuple[str, str]]:
    """(facet, code) of what stands in the way, as it is stored."""
    with way.database.read() as session:
        return {(row.facet, row.code) for row in session.exec(select(FacetRow)).all()}


@pytest.mark.parametrize(
    ("marketplace", "adapter", "operation"),
    [("lazada", Lazada, "CreateProduct"), ("tiktokshop", TikTokShop, "create_product")],
)
def test_a_namesake_that_the_seller_made_meanwhile_is_left_alone(
    tmp_path: Path, marketplace: str, adapter: type[Lazada] | type[TikTokShop], operation: str
) -> None:
    """Promises 1, 2 and 9; Lazada 11.1, TikTok 11.1: a lost create is looked for by SKU and by title. One of the same
    title that bears another's SKUs is no create of ours, though it was made after ours was sent."""
    with small_road(tmp_path, marketplace) as way:
        with killed_before(adapter, operation):
            way.resync()
        way.clock.advance(30)
        way.sandbox.control("POST", "listings", [{"title": way.rows[0]["name"], "variants": [STRANGER]}])
        [before] = way.sandbox.truth()
        way.clock.advance(300)
        result = way.resync()
        assert [before] == [row for row in way.sandbox.truth() if row["external_id"] == before["external_id"]]
        assert result.exit_code == 1
        assert _standing(way) == {("structure", "already_in_shop")}
