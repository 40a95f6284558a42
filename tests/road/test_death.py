"""A process that dies between a call and its record: the next run knows what it does not know, waits, and looks."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from adapters.contract import Call
from adapters.sandbox import MARKETPLACES
from syncer.sync.push import conclude, prepare
from syncer.sync.run import run
from tests.road.road import road


class Died(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("marketplace", MARKETPLACES)
def test_creates_of_a_dead_run_are_followed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marketplace: str, arrives: bool
) -> None:
    with road(tmp_path, marketplace=marketplace) as way:
        shop = way.shop()
        with monkeypatch.context() as dying:
            _die_at_the_first_create(dying, arrives)
            with pytest.raises(Died):
                run(shop, way.request())
        assert bool(way.sandbox.truth()) is arrives
        after = way.resync(manual=True)
        assert (after.failed, after.open, after.blocked) == (0, 0, 0)
        live = Counter(row["title"] for row in way.sandbox.truth() if row["status"] in ("live", "in_review"))
        assert set(live.values()) == {1}
        assert len(live) == len({row["product_code"] for row in way.rows})


def _die_at_the_first_create(dying: pytest.MonkeyPatch, arrives: bool) -> None:
    def leaves(shop: Any, lease: Any, planned: Any, call: Call) -> float:
        at = prepare(shop, lease, planned, call)
        if not arrives and _creates(call):
            raise Died
        return at

    def lands(session: Any, shop: Any, lease: Any, run_id: int, planned: Any, sent: Any) -> None:
        if _creates(sent.call):
            raise Died
        conclude(session, shop, lease, run_id, planned, sent)

    dying.setattr("syncer.sync.run.prepare", leaves)
    dying.setattr("syncer.sync.run.conclude", lands)


def _creates(call: Call) -> bool:
    return call.effect.value == "write" and any(change.creates and change.ids is None for change in call.changes)
