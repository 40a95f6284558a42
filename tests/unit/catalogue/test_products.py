"""Products come back as values, in few queries."""

from __future__ import annotations

from sqlalchemy import event

from syncer.catalogue.products import bump, changed_since, counter, ids_of, load, stock_levels, touch
from tests.unit.catalogue.files import Desk, row, sized


def test_products_are_found_by_code_and_by_sku(desk: Desk) -> None:
    desk.bring(sized("S"), sized("M"), row(product_code="LAIN", sku="LAIN-1", stock="3"))
    with desk.database.read() as session:
        every = ids_of(session)
        assert sorted(every) == ["LAIN", "NPH-UJI"]
        assert ids_of(session, skus=["NPH-UJI-M", "HANTU"]) == {"NPH-UJI-M": every["NPH-UJI"]}
        assert ids_of(session, codes=["LAIN", "HANTU"]) == {"LAIN": every["LAIN"]}
        assert ids_of(session, skus=[]) == {}
        assert stock_levels(session, ["LAIN-1", "HANTU"]) == {"LAIN-1": 3}
        assert list(load(session, [every["NPH-UJI"], every["LAIN"], 999999])) == [every["NPH-UJI"], every["LAIN"]]


def test_many_products_take_three_queries_for_each_five_hundred(quick_desk: Desk) -> None:
    quick_desk.bring(*(row(product_code=f"P-{n}", sku=f"S-{n}") for n in range(501)))
    statements: list[str] = []
    event.listen(quick_desk.database.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    with quick_desk.database.read() as session:
        ids = list(ids_of(session).values())
        statements.clear()
        assert len(load(session, ids)) == 501
    assert len(statements) == 6


def test_the_counter_tells_what_changed_since(desk: Desk) -> None:
    desk.bring(row(), row(product_code="LAIN", sku="LAIN-1"))
    with desk.database.write() as session:
        ids, before = ids_of(session), counter(session)
        touch(session, [ids["LAIN"]])
        touch(session, [])
        assert bump(session) == before + 2
        assert changed_since(session, before) == ([ids["LAIN"]], before + 2)
        touch(session, [ids["NPH-UJI"]])
        assert changed_since(session, before)[0] == [ids["LAIN"], ids["NPH-UJI"]]
        assert changed_since(session, before + 3) == ([], before + 3)
