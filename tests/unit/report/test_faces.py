"""Three faces of one report: they agree on every count, in both languages, and the page is one safe file."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from syncer.report.as_json import as_json
from syncer.report.dates import age, lasted, local
from syncer.report.html import as_html
from syncer.report.html.markup import VOID, element, joined, style
from syncer.report.html.style import SHEET
from syncer.report.model import make_report
from syncer.report.publishing import publish, publish_report, write_whole
from syncer.report.text import as_text, brief
from syncer.report.values import Report
from syncer.report.words import one_line
from syncer.settings import load_settings
from syncer.texts import kept, rupiah, use_language
from tests.unit.report.filled import HOSTILE, NOW, Filled, ago, empty, troubled


class Page(HTMLParser):
    """A page read strictly: every element is closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.source = text
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)

    def numbers(self) -> list[dict[str, int]]:
        """Per shop: {what: the number beside it}."""
        shops: list[dict[str, int]] = []
        for words in re.findall(r'<dl class="numbers">(.*?)</dl>', self.source):
            pairs = re.findall(r"<dt>(.*?)</dt><dd>(\d+)", words)
            shops.append({name: int(number) for name, number in pairs})
        return shops


def page(report: Report) -> Page:
    return Page(as_html(report))


@pytest.fixture
def report(tmp_path: Path) -> Report:
    database = troubled(tmp_path)
    with database.read() as session:
        return make_report(session, NOW)


def in_language(tmp_path: Path, language: str) -> Report:
    use_language(language)
    database = troubled(tmp_path)
    with database.read() as session:
        return make_report(session, NOW)


# --- the three agree -------------------------------------------------------------------------------------------------


def test_the_faces_agree_on_every_shop(report: Report) -> None:
    plain, shown = as_json(report), page(report).numbers()
    text = as_text(report)
    for row, numbers in zip(plain["channels"], shown, strict=True):
        fresh = row["freshness"]
        assert numbers == {
            "listed": row["listed"], "fresh": fresh["both"], "not fresh": fresh["offers"] - fresh["both"],
            "open": row["open"], "failed": row["failed"], "held": row["held"], "blocked": row["blocked"],
        }  # fmt: skip
        line = "open: {open}; failed: {failed}; held: {held}; blocked: {blocked}"
        assert line.format_map(row) in text
        assert f"listed {row['listed']} of {row['active']} active products" in text
        assert f"fresh: {fresh['both']} of {fresh['offers']} offers" in text


def test_the_faces_agree_on_every_failure(report: Report) -> None:
    plain, text, shown = as_json(report), as_text(report), page(report).text
    assert len(plain["failures"]) == 7
    for row in plain["failures"]:
        assert f"{row['count']} x {row['advice']['title']} (" in text
        assert f"{row['count']} × {row['advice']['title']}" in shown
        for said in (text, shown.replace("`", "")):
            assert row["advice"]["action"].replace("`", "") in said.replace("`", "")


def test_the_faces_agree_on_what_is_to_be_done(report: Report) -> None:
    plain, text, shown = as_json(report), as_text(report), page(report).text
    assert (plain["needs_action"], plain["tasks"], plain["by_itself"]) == (7, {"staff": 5, "operator": 2}, 4)
    assert text.startswith("Action needed: 7 things. To be done by staff: 5, operator: 2.\n4 more things settle")
    for said in ("Action needed: 7 things.", "staff: 5", "operator: 2", "4 more things settle"):
        assert said in shown
    assert plain["sentence"] == text.splitlines()[0] == brief(report).splitlines()[0]


def test_the_faces_agree_on_reviews_decisions_and_gaps(report: Report) -> None:
    plain, text, shown = as_json(report), as_text(report), page(report).text
    (hold,) = plain["holds"]
    assert (hold["approve"], hold["reject"]) == ("syncer held approve 1", "syncer held reject 1")
    for said in (text, shown):
        assert all(review["code"] in said for review in plain["reviews"])
        assert "foto terlalu gelap" in said
        assert (hold["approve"] in said, hold["reject"] in said) == (True, True)
        assert "Rp30.000" in said
        assert "Rp150.000" in said
        assert said.count("the service did not run") == 1
        assert "stok opname (staf@plut, since 23 Nov 2026 10:15 WIB, 24 hours ago)" in said
    assert len(plain["gaps"]) == 3


def test_json_is_json(report: Report) -> None:
    assert json.loads(json.dumps(as_json(report)))["made_at"] == "2026-11-24T03:15:00Z"


# --- the page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_is_one_file_without_scripts_or_references(tmp_path: Path, language: str) -> None:
    report = in_language(tmp_path, language)
    read = page(report)
    assert read.tags[0] == ("html", {"lang": language})
    names = {tag for tag, _attributes in read.tags}
    assert names & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "a"} == set()
    attributes = {name for _tag, given in read.tags for name in given}
    assert attributes <= {"lang", "charset", "name", "content", "class", "aria-hidden"}
    assert "http" not in read.source
    assert re.findall(r"url\(|@import|//", SHEET) == []


def test_hostile_titles_stay_text(report: Report) -> None:
    read = page(report)
    assert HOSTILE in read.text
    assert "<script" not in read.source
    assert not any(tag == "script" for tag, _attributes in read.tags)


def test_nothing_steers_a_terminal_or_breaks_a_line(tmp_path: Path) -> None:
    database = empty(tmp_path)
    with database.write() as session:
        store = Filled(session)
        store.channel("toko")
        listing = store.listing("toko", "A", name="Kopiah\x1b[2J\nAman.\u202e")
        store.facet("toko", listing, "content", "failed", "rejected", "x", "two\nlines\x07")
    with database.read() as session:
        report = make_report(session, NOW)
    text, shown = as_text(report), as_html(report)
    assert set("\x1b\x07\u202e") & set(text + shown) == set()
    assert "\nAman." not in text
    assert one_line("a\tb\u2028c") == "a b c"


def test_all_well_is_one_word(tmp_path: Path) -> None:
    database = empty(tmp_path)
    with database.write() as session:
        store = Filled(session)
        store.channel("toko")
        store.offer("toko", store.listing("toko", "A"), "A-1", ago(hours=1))
    use_language("id")
    with database.read() as session:
        report = make_report(session, NOW)
    assert as_text(report).startswith("Aman.\nDibuat 24 Nov 2026 10.15 WIB.\n")
    read = page(report)
    assert "Aman." in read.text
    assert {"class": "banner good"} in [attributes for _tag, attributes in read.tags]
    assert "Gagal:" not in read.text


def test_nothing_yet_is_not_well(tmp_path: Path) -> None:
    with empty(tmp_path).read() as session:
        report = make_report(session, NOW)
    assert as_text(report).startswith("No channel yet")
    assert {"class": "banner wait"} in [attributes for _tag, attributes in page(report).tags]


def luminance(colour: str) -> float:
    """Relative luminance of '#rrggbb' (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("ink", "paper"),
    [("good", "good-pale"), ("bad", "bad-pale"), ("wait", "wait-pale"), ("ink", "pale"), ("soft", "pale"),
     ("good", "white"), ("bad", "white"), ("wait", "white")],
)  # fmt: skip
def test_every_text_can_be_read(ink: str, paper: str) -> None:
    colours = {"white": "#ffffff", **dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", SHEET))}
    light, dark = luminance(colours[paper]), luminance(colours[ink])
    assert (light + 0.05) / (dark + 0.05) >= 7


def test_text_cannot_become_markup() -> None:
    assert element("p", "<b>", element("b", "&")) == "<p>&lt;b&gt;<b>&amp;</b></p>"
    assert element("p", class_='"><script>') == '<p class="&quot;&gt;&lt;script&gt;"></p>'
    assert joined(None, "", "a") == "a"
    with pytest.raises(ValueError, match="no markup"):
        style("p {}</style><script>")


# --- words, dates, money ---------------------------------------------------------------------------------------------


def test_rupiah() -> None:
    assert [rupiah(n) for n in (0, 999, 150_000, 1_234_567, -2_000)] == [
        "Rp0", "Rp999", "Rp150.000", "Rp1.234.567", "-Rp2.000",
    ]  # fmt: skip


def test_dates_in_indonesian() -> None:
    use_language("id")
    moment = datetime(2026, 8, 31, 18, 5, tzinfo=UTC)
    assert local(moment) == "1 Sep 2026 01.05 WIB"
    assert local(datetime(2026, 5, 1, 0, 0, tzinfo=UTC)) == "1 Mei 2026 07.00 WIB"
    assert [age(NOW - timedelta(seconds=s), NOW) for s in (-500, 59, 60, 3599, 7200, 172_799, 172_800)] == [
        "baru saja", "baru saja", "1 menit lalu", "59 menit lalu", "2 jam lalu", "47 jam lalu", "2 hari lalu",
    ]  # fmt: skip
    spans = [lasted(timedelta(seconds=s)) for s in (-5, 59, 60, 12_000, 200_000)]
    assert spans == ["kurang dari semenit", "kurang dari semenit", "1 menit", "3 jam 20 menit", "2 hari 7 jam"]


# --- the files -------------------------------------------------------------------------------------------------------


def test_publishing_writes_the_latest_and_the_days(report: Report, tmp_path: Path) -> None:
    folder = tmp_path / "web" / "reports"
    late = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # in Jakarta the next day has begun
    for moment in (NOW, late, late):
        publish_report(report, folder, moment)
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["laporan-2026-11-24.html", "laporan-2026-11-25.html", "laporan.html"]
    assert len({path.read_text(encoding="utf-8") for path in folder.iterdir()}) == 1


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "laporan.html"
    write_whole(path, "old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match=re.escape(str(path))):
        write_whole(path, "new")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("laporan.html", "old")]


def test_a_link_stays_a_link_and_a_device_a_device(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_whole(tmp_path / "link", "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "x"
    write_whole(Path(os.devnull), "x")
    assert not Path(os.devnull).is_file()


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=re.escape(str(tmp_path / "no" / "laporan.html"))):
        write_whole(tmp_path / "no" / "laporan.html", "x")


def test_the_daemons_door_writes_into_the_folder_of_the_config(tmp_path: Path) -> None:
    (tmp_path / "syncer.toml").write_text('[report]\nfolder = "laporan-toko"\n', encoding="utf-8")
    database = troubled(tmp_path)
    use_language("id")
    publish(load_settings(tmp_path / "syncer.toml"), database, NOW)
    text = (tmp_path / "laporan-toko" / "laporan.html").read_text(encoding="utf-8")
    assert "Perlu tindakan: 7 hal." in Page(text).text


def test_what_was_kept_is_told_on_every_face(tmp_path: Path) -> None:
    database = empty(tmp_path)
    with database.write() as session:
        store = Filled(session)
        store.channel("toko")
        why = kept("{sku}: a price of Rp0 would give it away", sku="A-1")
        listing = store.listing("toko", "A")
        store.facet("toko", listing, "content", "blocked", "rejected", "brand_missing",
                    kept("{product}: the shop demands a brand in category {category}; fill the product's brand",
                         product="A", category="1"))  # fmt: skip
        store.hold("toko", listing, "price_zero", [("A-1", "price", "10000", "0")])
        store.run("toko", "failed", ago(minutes=5), kept("orders could not be read: {error}", error=why))
        store.gap("shop", ago(hours=9), ago(hours=8), "toko", kept("the shop could not be read: {error}", error="503"))
    for tongue, words in (
        ("id", ("toko mewajibkan merek", "pesanan tidak dapat dibaca: A-1: harga Rp0", "toko tidak dapat dibaca: 503")),
        ("en", ("the shop demands a brand", "orders could not be read: A-1: a price of Rp0", "could not be read: 503")),
    ):
        use_language(tongue)
        with database.read() as session:
            report = make_report(session, NOW)
        for face in (as_text(report), page(report).text, json.dumps(as_json(report), ensure_ascii=False)):
            assert [word for word in words if word not in face] == []
            assert '"say"' not in face
