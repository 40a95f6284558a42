"""What files do to the catalogue: what goes in, what is left out, what is counted when."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from syncer.catalogue.importing import import_file
from syncer.catalogue.ledger import book
from syncer.catalogue.model import Movement, MovementKind, ProductStatus
from syncer.catalogue.moments import WIB, moment_of
from syncer.catalogue.pictures import Album
from syncer.catalogue.problems import Level, RuleSettings
from syncer.catalogue.products import changed_since, counter, ids_of
from tests.unit.catalogue.files import NOW, TODAY, Desk, codes, draw, row, sized

FRUGAL = RuleSettings()


def sell(desk: Desk, pieces: int, at: datetime, sku: str = "NPH-UJI-1") -> None:
    with desk.database.write() as session:
        book(session, [Movement(sku, MovementKind.sale, at, -pieces)], at)


# --- rows ---


def test_a_row_with_an_error_is_left_out_and_the_rest_goes_in(desk: Desk) -> None:
    report = desk.bring(sized("S"), sized("M", price_idr="0"), sized("L"))
    assert codes(report) == [(3, "price_idr", "price_zero")]
    assert (report.rows, report.imported, report.unchanged, report.exit_code) == (3, 2, 0, 1)
    assert [v.sku for v in desk.products()["NPH-UJI"].variants] == ["NPH-UJI-S", "NPH-UJI-L"]


def test_a_row_that_is_absent_changes_nothing(desk: Desk) -> None:
    desk.bring(sized("S"), sized("M"), row(product_code="LAIN", sku="LAIN-1"))
    report = desk.bring(sized("S", price_idr="70000"))
    assert (report.imported, report.exit_code) == (1, 0)
    products = desk.products()
    assert {v.sku: v.price_idr for v in products["NPH-UJI"].variants} == {"NPH-UJI-S": 70000, "NPH-UJI-M": 60000}
    assert products["LAIN"].status is ProductStatus.active


def test_a_changed_sku_is_a_new_variant_at_the_end(desk: Desk) -> None:
    desk.bring(sized("S"), sized("M"))
    desk.bring(sized("L"), sized("M"))
    assert [v.sku for v in desk.products()["NPH-UJI"].variants] == ["NPH-UJI-S", "NPH-UJI-M", "NPH-UJI-L"]


def test_only_what_changed_is_marked(desk: Desk) -> None:
    lain = row(product_code="LAIN", sku="LAIN-1", producer_code="X-1", producer_name="Lain")
    desk.bring(row(), lain)
    with desk.database.read() as session:
        before, ids = counter(session), ids_of(session)
    report = desk.bring(row(name="Keranjang Uji dengan Nama Lain"), lain)
    assert (report.imported, report.unchanged) == (1, 1)
    with desk.database.read() as session:
        assert changed_since(session, before) == ([ids["NPH-UJI"]], before + 1)
    desk.bring(row(name="Keranjang Uji dengan Nama Lain"), lain)
    with desk.database.read() as session:
        assert changed_since(session, before)[1] == before + 1


def test_a_producer_with_a_new_name_marks_all_its_products(desk: Desk) -> None:
    desk.bring(row(), row(product_code="LAIN", sku="LAIN-1"))
    with desk.database.read() as session:
        before, ids = counter(session), ids_of(session)
    report = desk.bring(row(producer_name="Kriya Baru"))
    assert report.imported == 1
    with desk.database.read() as session:
        assert set(changed_since(session, before)[0]) == set(ids.values())
    assert {product.producer.name for product in desk.products().values()} == {"Kriya Baru"}


def test_a_dry_run_says_the_same_and_changes_nothing(desk: Desk) -> None:
    desk.bring(sized("S"))
    before = desk.products()
    rows = (sized("S", price_idr="70000"), sized("M"), sized("L", stock=""))
    dry = desk.bring(*rows, dry_run=True)
    assert desk.products() == before
    assert dry.import_id is None
    wet = desk.bring(*rows)
    assert dry.as_json() == wet.as_json()
    assert wet.import_id is not None


def test_nothing_is_left_behind_on_the_connection(desk: Desk) -> None:
    for _attempt in range(3):
        desk.bring(sized("S"))
    with desk.database.engine.connect() as connection, pytest.raises(Exception, match="incoming_variant"):
        connection.exec_driver_sql("SELECT 1 FROM incoming_variant")


def test_the_report_is_one_form_in_two_ways(quick_desk: Desk) -> None:
    report = quick_desk.bring(sized("S", stock="x"), sized("M", stock="0"), sized("L"))
    text = io.StringIO()
    report.write_json(text)
    assert json.loads(text.getvalue()) == report.as_json()
    shown = report.as_json()["problems"]
    assert shown[0] == {
        "row": 2, "column": "stock", "code": "stock_not_integer", "level": "error",
        "message": "stock is 'x'; write a whole number without points, commas or signs",
    }  # fmt: skip
    assert [(p["row"], p["level"]) for p in shown] == [(2, "error"), (3, "remark")]


def test_progress_hears_every_row(quick_desk: Desk) -> None:
    heard: list[int] = []
    path = quick_desk.write([sized(size) for size in "ABC"])
    import_file(quick_desk.database, path, now=NOW, progress=heard.append)
    assert heard == [2, 3, 4]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sku": ""}, ("sku", "sku_missing")),
        ({"product_code": ""}, ("product_code", "product_code_missing")),
        ({"producer_code": " "}, ("producer_code", "producer_code_missing")),
        ({"name": ""}, ("name", "name_missing")),
        ({"category": ""}, ("category", "category_missing")),
        ({"images": ""}, ("images", "images_missing")),
        ({"images": " | "}, ("images", "images_missing")),
        ({"status": "aktif"}, ("status", "status_unknown")),
        ({"district": "Bangka Utara"}, ("district", "district_unknown")),
        ({"stock_confirmed_on": "03/11/2026"}, ("stock_confirmed_on", "date_format")),
        ({"shelf_life_days": "setahun"}, ("shelf_life_days", "days_not_integer")),
        ({"option1_name": "Ukuran"}, ("option1_value", "option_incomplete")),
        ({"option1_value": "S"}, ("option1_name", "option_incomplete")),
        ({"option2_name": "Warna", "option2_value": "Merah"}, ("option1_name", "option_incomplete")),
        (
            {"option1_name": "Warna", "option1_value": "A", "option2_name": "warna", "option2_value": "B"},
            ("option2_name", "option_incomplete"),
        ),
        (
            {"option1_name": "Rasa / Ukuran", "option1_value": "Pedas / 100 g"},
            ("option1_name", "too_many_options"),
        ),
    ],
)
def test_a_row_that_cannot_be_understood_is_refused_for_one_reason(
    quick_desk: Desk, changes: dict[str, str], expected: tuple[str, str]
) -> None:
    report = quick_desk.bring(row(**changes))
    assert codes(report, Level.error) == [(2, *expected)]
    assert (report.imported, quick_desk.products()) == (0, {})


def test_a_slash_in_a_name_is_no_second_option(quick_desk: Desk) -> None:
    assert quick_desk.bring(row(option1_name="Warna/Motif", option1_value="Merah")).exit_code == 0


def test_an_empty_description_is_let_in_with_a_warning(quick_desk: Desk) -> None:
    assert codes(quick_desk.bring(row(description=""))) == [(2, "description", "description_missing")]


# --- collisions ---


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (sized("S"), ("sku", "sku_duplicate")),
        (sized("X", sku="nph-uji-s"), ("sku", "sku_case_conflict")),
        (sized("S", product_code="LAIN", producer_code="X-1", producer_name="Lain"), ("sku", "sku_other_producer")),
        (sized("M", name="Keranjang Uji dengan Nama Lain"), ("name", "product_differs")),
        (sized("M", images="b.png"), ("images", "product_differs")),
        (sized("M", producer_name="Kriya Lain"), ("producer_name", "producer_differs")),
        (sized("M", district="Bangka"), ("district", "producer_differs")),
        (sized("M", product_code="LAIN", district="Bangka"), ("district", "producer_differs")),
        (sized("s", sku="NPH-UJI-2"), ("option1_value", "options_duplicate")),
        (sized("M", option1_name=""), ("option1_name", "option_incomplete")),
        (sized("", sku="NPH-UJI-2"), ("option1_value", "option_incomplete")),
    ],
)
def test_the_later_of_two_rows_that_collide_is_refused(
    desk: Desk, second: dict[str, str], expected: tuple[str, str]
) -> None:
    report = desk.bring(sized("S"), second, sized("L"))
    assert codes(report, Level.error) == [(3, *expected)]
    assert report.imported == 2


def test_a_row_that_was_refused_collides_with_nothing(desk: Desk) -> None:
    report = desk.bring(sized("S", stock="x", name="Keranjang Uji yang Salah Besar"), sized("S"), sized("M"))
    assert codes(report) == [(2, "stock", "stock_not_integer")]
    assert report.imported == 2


@pytest.mark.parametrize(
    ("row_", "expected"),
    [
        (sized("S", sku="nph-uji-s"), ("sku", "sku_case_conflict")),
        (sized("S", product_code="LAIN", producer_code="X-1", producer_name="Lain"), ("sku", "sku_other_producer")),
        (sized("S", product_code="LAIN"), ("sku", "sku_other_product")),
        (sized("S", sku="NPH-UJI-2"), ("option1_value", "options_duplicate")),
        (sized("L", option2_name="Warna", option2_value="Merah"), ("option1_name", "option_incomplete")),
        ({**row(), "sku": "NPH-UJI-2"}, ("option1_name", "option_incomplete")),
    ],
)
def test_a_row_that_collides_with_the_store_is_refused(
    desk: Desk, row_: dict[str, str], expected: tuple[str, str]
) -> None:
    desk.bring(sized("S"), sized("M"))
    before = desk.products()
    report = desk.bring(row_)
    assert codes(report) == [(2, *expected)]
    assert desk.products() == before


def test_options_may_change_when_every_variant_comes_along(desk: Desk) -> None:
    desk.bring(sized("S"), sized("M"))
    warna = {"option2_name": "Warna", "option2_value": "Merah"}
    report = desk.bring(sized("S", **warna), sized("M", **warna))
    assert report.exit_code == 0
    assert desk.products()["NPH-UJI"].variants[0].options == ("S", "Merah")


def test_prices_too_far_apart_blame_the_later_row(desk: Desk) -> None:
    report = desk.bring(sized("S", price_idr="10000"), sized("M", price_idr="69999"), sized("L", price_idr="70000"))
    assert codes(report) == [(4, "price_idr", "price_spread")]
    assert codes(desk.bring(sized("XL", price_idr="9000"))) == [(2, "price_idr", "price_spread")]


# --- stock of a catalogue ---


def test_new_stock_counts_at_the_end_of_its_day(desk: Desk) -> None:
    desk.bring(row(stock="7", stock_confirmed_on="2026-11-20"))
    sell(desk, 2, datetime(2026, 11, 20, 20, tzinfo=WIB))  # counted already
    assert desk.stock() == 7
    sell(desk, 2, datetime(2026, 11, 21, 1, tzinfo=WIB))
    assert desk.stock() == 5


def test_an_old_count_of_an_existing_sku_is_left_alone_and_told(desk: Desk) -> None:
    desk.bring(row(stock="7"))
    sell(desk, 3, NOW)
    report = desk.bring(row(stock="7"))
    assert [(p.row, p.column, p.code) for p in report.problems] == [(2, "stock", "stock_not_newer")]
    assert (desk.stock(), report.unchanged, report.exit_code) == (4, 1, 0)
    assert not desk.bring(row(stock="4")).problems


def test_a_count_of_a_later_day_replaces_the_ledgers(desk: Desk) -> None:
    desk.bring(row(stock="7", stock_confirmed_on="2026-11-20"))
    report = desk.bring(row(stock="9", stock_confirmed_on="2026-11-22"))
    assert (desk.stock(), report.imported) == (9, 1)
    same_day = desk.bring(row(stock="8", stock_confirmed_on="2026-11-22"))
    assert desk.stock() == 9
    assert [p.code for p in same_day.problems] == ["stock_not_newer"]


def test_what_was_sold_since_a_confirmed_count_is_taken_off_it(desk: Desk) -> None:
    desk.bring(row(stock="7", stock_confirmed_on="2026-11-20"))
    sell(desk, 1, datetime(2026, 11, 21, 12, tzinfo=WIB))
    sell(desk, 2, datetime(2026, 11, 23, 12, tzinfo=WIB))
    desk.bring(row(stock="9", stock_confirmed_on="2026-11-22"))
    assert desk.stock() == 7


def test_importing_todays_count_again_does_not_bring_sold_pieces_back(desk: Desk) -> None:
    today = row(stock="7", stock_confirmed_on="2026-11-24")
    desk.bring(today)
    sell(desk, 2, NOW + timedelta(minutes=5))
    desk.bring(today, now=NOW + timedelta(hours=1))
    assert desk.stock() == 5


def test_a_day_to_come_is_warned_of_and_never_counts_twice(desk: Desk) -> None:
    wrong = row(stock="7", stock_confirmed_on="2062-11-20")
    assert codes(desk.bring(wrong)) == [(2, "stock_confirmed_on", "date_in_future")]
    sell(desk, 2, NOW + timedelta(minutes=5))
    desk.bring(wrong, now=NOW + timedelta(hours=1))
    assert desk.stock() == 5


def test_stock_of_existing_skus_can_be_set_on_purpose(desk: Desk) -> None:
    desk.bring(row(stock="7"))
    sell(desk, 3, NOW)
    later = NOW + timedelta(hours=1)
    report = desk.bring(row(stock="7"), now=later, stock=True)
    assert (desk.stock(), report.imported) == (7, 1)
    desk.bring(row(stock="6"), now=later + timedelta(hours=1), stock=True, as_of=date(2026, 11, 1))
    assert desk.stock() == 6


def test_a_catalogue_is_judged_on_its_day(quick_desk: Desk) -> None:
    old = row(stock_confirmed_on="2026-09-10")
    assert codes(quick_desk.bring(old, as_of=date(2026, 11, 9), settings=FRUGAL)) == []
    assert codes(quick_desk.bring(old, settings=FRUGAL)) == [(2, "stock_confirmed_on", "stock_confirmation_old")]


# --- stock alone, prices alone ---


def stock_file(desk: Desk, *rows: dict[str, str]) -> Path:
    return desk.write(rows, "stock.csv")


def test_a_stock_file_counts_at_the_time_that_it_names(desk: Desk) -> None:
    desk.bring(row(stock="7"))
    sell(desk, 1, datetime(2026, 11, 22, 9, tzinfo=WIB))
    sell(desk, 2, datetime(2026, 11, 23, 9, tzinfo=WIB))
    path = stock_file(desk, {"sku": "NPH-UJI-1", "stock": "20", "counted_at": "2026-11-22"})
    assert import_file(desk.database, path, now=NOW).imported == 1
    assert desk.stock() == 18
    path = stock_file(desk, {"sku": "NPH-UJI-1", "stock": "30", "counted_at": "2026-11-23T08:00"})
    import_file(desk.database, path, now=NOW)
    assert desk.stock() == 28
    path = stock_file(desk, {"sku": "NPH-UJI-1", "stock": "40"})
    import_file(desk.database, path, now=NOW, as_of=date(2026, 11, 22))
    assert desk.stock() == 28  # older than the last count
    import_file(desk.database, path, now=NOW)
    assert desk.stock() == 40


def test_a_time_to_come_means_now(desk: Desk) -> None:
    desk.bring(row(stock="7"))
    path = stock_file(desk, {"sku": "NPH-UJI-1", "stock": "9", "counted_at": "2030-01-01"})
    import_file(desk.database, path, now=NOW)
    sell(desk, 1, NOW + timedelta(minutes=1))
    assert desk.stock() == 8


def test_a_reference_counts_once(desk: Desk) -> None:
    desk.bring(sized("S", stock="1"), sized("M", stock="1"))
    one = {"sku": "NPH-UJI-S", "stock": "40", "reason": "opname", "reference": "OPN-1"}
    path = stock_file(desk, one, {**one, "sku": "NPH-UJI-M"})
    assert import_file(desk.database, path, now=NOW).imported == 2
    sell(desk, 1, NOW + timedelta(minutes=1), "NPH-UJI-S")
    again = import_file(desk.database, path, now=NOW + timedelta(hours=1))
    assert (again.imported, again.unchanged, desk.stock("NPH-UJI-S")) == (0, 2, 39)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sku": "HANTU"}, ("sku", "sku_unknown")),
        ({"sku": "nph-uji-1"}, ("sku", "sku_case_conflict")),
        ({"sku": ""}, ("sku", "sku_missing")),
        ({"stock": ""}, ("stock", "stock_missing")),
        ({"stock": "-1"}, ("stock", "stock_negative")),
        ({"counted_at": "kemarin"}, ("counted_at", "date_format")),
        ({}, ("sku", "sku_duplicate")),
    ],
)
def test_bad_rows_of_a_stock_file_are_left_out(desk: Desk, changes: dict[str, str], expected: tuple[str, str]) -> None:
    desk.bring(row(stock="7"))
    good = {"sku": "NPH-UJI-1", "stock": "9", "counted_at": ""}
    report = import_file(desk.database, stock_file(desk, good, {**good, **changes}), now=NOW)
    assert codes(report) == [(3, *expected)]
    assert (report.imported, report.exit_code, desk.stock()) == (1, 1, 9)


def test_two_counts_of_different_times_are_no_contradiction(desk: Desk) -> None:
    desk.bring(row(stock="7", stock_confirmed_on=""), now=NOW - timedelta(days=9))
    rows = [{"sku": "NPH-UJI-1", "stock": n, "counted_at": f"2026-11-2{n}"} for n in ("3", "2")]
    assert import_file(desk.database, stock_file(desk, *rows), now=NOW).exit_code == 0
    assert desk.stock() == 3


def test_a_price_file_sets_prices_alone(desk: Desk) -> None:
    desk.bring(sized("S", producer_price_idr="50000"), sized("M"))
    path = desk.write([{"sku": "NPH-UJI-S", "price_idr": "9000"}, {"sku": "NPH-UJI-M", "price_idr": "60000"}], "p.csv")
    report = import_file(desk.database, path, now=NOW)
    assert (report.imported, report.unchanged, report.exit_code) == (1, 1, 0)
    assert [v.price_idr for v in desk.products()["NPH-UJI"].variants] == [9000, 60000]
    assert [p.code for p in report.problems if p.level is Level.remark] == ["below_floor"]


def test_a_price_file_is_judged_with_the_prices_that_stay(desk: Desk) -> None:
    desk.bring(sized("S"), sized("M"))
    path = desk.write([{"sku": "NPH-UJI-S", "price_idr": "8000"}], "p.csv")
    assert codes(import_file(desk.database, path, now=NOW)) == [(2, "price_idr", "price_spread")]


# --- pictures ---


def test_a_picture_with_other_bytes_is_a_change(desk: Desk) -> None:
    desk.bring(row(images="a.png|b.png"))
    draw(desk.folder / "a.png", shade=99)
    assert desk.bring(row(images="a.png|b.png")).imported == 1
    assert desk.bring(row(images="a.png|b.png")).imported == 0
    assert desk.bring(row(images="b.png|a.png")).imported == 1
    assert [Path(p.path).name for p in desk.products()["NPH-UJI"].pictures] == ["b.png", "a.png"]
    assert desk.bring(row(images="b.png")).imported == 1
    assert len(desk.products()["NPH-UJI"].pictures) == 1


@pytest.mark.parametrize("name", ["none.png", "/etc/hostname", "catalogue.csv", "../desk", "."])
def test_what_is_no_picture_is_missing(quick_desk: Desk, name: str) -> None:
    path = quick_desk.write([row(images=name)])
    assert codes(import_file(quick_desk.database, path, now=NOW)) == [(2, "images", "image_missing")]


def test_a_name_that_no_file_can_have_is_no_picture(quick_desk: Desk) -> None:
    assert Album(quick_desk.folder).picture("a\x00.png") is None


def test_a_picture_may_lie_above_the_file(quick_desk: Desk) -> None:
    deeper = quick_desk.folder / "deeper"
    deeper.mkdir()
    path = deeper / "catalogue.csv"
    path.write_bytes(quick_desk.write([row(images="../a.png")]).read_bytes())
    assert import_file(quick_desk.database, path, now=NOW).exit_code == 0


def test_each_picture_is_opened_once(quick_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    read = Path.read_bytes

    def counted(path: Path) -> bytes:
        opened.append(path.name)
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    rows = [row(product_code=f"P-{n}", sku=f"S-{n}", images="a.png|b.png") for n in range(700)]
    assert quick_desk.bring(*rows).imported == 700
    assert sorted(opened) == ["a.png", "b.png"]


# --- times ---


@pytest.mark.parametrize(
    ("as_of", "judged_on", "counted_at"),
    [
        (None, TODAY, NOW),
        (date(2026, 11, 24), TODAY, NOW),
        (date(2026, 11, 23), date(2026, 11, 23), datetime(2026, 11, 23, 16, 59, 59, 999999, tzinfo=UTC)),
        (datetime(2026, 11, 23, 12), date(2026, 11, 23), datetime(2026, 11, 23, 5, tzinfo=UTC)),
        (datetime(2026, 11, 22, 20, tzinfo=UTC), date(2026, 11, 23), datetime(2026, 11, 22, 20, tzinfo=UTC)),
        (date(2027, 1, 1), date(2027, 1, 1), NOW),
    ],
)
def test_a_date_alone_means_its_end_but_never_later_than_now(
    as_of: date | datetime | None, judged_on: date, counted_at: datetime
) -> None:
    moment = moment_of(as_of, NOW)
    assert (moment.judged_on, moment.counted_at) == (judged_on, counted_at)
