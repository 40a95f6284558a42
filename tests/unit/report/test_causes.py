"""Every cause, every row of every marketplace's table, every guard and every readiness code says who does what."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

import adapters
import syncer
from adapters.contract import Cause
from syncer.report.causes import PEOPLE, Entry, Who, advice, advice_on, book
from syncer.sync.guard import SINGLE, Thresholds
from syncer.texts import LANGUAGES, use_language

BY_ITSELF = {Cause.transient, Cause.throttled, Cause.clock, Cause.quota, Cause.unknown}
"""Of these the cause alone says everything, whatever the code."""

MEASURED = ("title", "description", "pictures")
"""What readiness names in f"{name}_out_of_bounds"."""


def tables() -> dict[str, Any]:
    """{marketplace: its table of causes}."""
    found = {}
    for module in iter_modules(adapters.__path__):
        file = Path(str(adapters.__file__)).parent / module.name / "causes.py"
        if module.ispkg and file.is_file():
            found[module.name] = import_module(f"adapters.{module.name}.causes").CAUSES
    return found


def entries() -> Iterator[Entry]:
    known = book()
    yield from known.causes.values()
    yield from known.codes.values()
    for rules in known.rules.values():
        yield from (rule.entry for rule in rules)


def readiness_codes() -> set[str]:
    """The codes of every `Blocked(...)` in the sources of syncer/listing."""
    found: set[str] = set()
    for file in (Path(syncer.__file__).parent / "listing").glob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Blocked":
                code = call.args[3]
                found |= {str(code.value)} if isinstance(code, ast.Constant) else _spelt(code)
    return found


def _spelt(code: ast.expr) -> set[str]:
    assert isinstance(code, ast.JoinedStr), ast.dump(code)
    end = code.values[-1]
    assert isinstance(end, ast.Constant)
    return {name + str(end.value) for name in MEASURED}


SPELT = {r"^\s*(failed|gagal)\b": "failed to do it"}
"""Patterns whose words are not simply those that stand in them, by hand."""


def sample(row: Any) -> str:
    """Words that a row's pattern would find: its first alternative, spelt out."""
    if row.message is None:
        return ""
    if "ditemukan|tersedia" in row.message:
        return "gambar tidak ditemukan" if "gambar" in row.message else "tidak ditemukan"
    if row.message in SPELT:
        return SPELT[row.message]
    one = re.sub(r"\((\w+)\|[^)]*\)", r"\1", row.message)  # the first of (a|b) before the first of all
    words = re.sub(r"\\b|\(|\)", "", one.split("|")[0])
    return re.sub(r" \?|\.\*|\\s\?", " ", words).replace("?", "")


def test_the_samples_are_what_the_rows_look_for() -> None:
    rows = [row for table in tables().values() for row in table if row.message]
    assert [row.message for row in rows if not re.search(row.message, sample(row), re.IGNORECASE)] == []


def test_every_cause_has_an_entry() -> None:
    assert set(book().causes) == set(Cause)


@pytest.mark.parametrize("marketplace", sorted(tables()))
def test_every_row_of_a_marketplaces_table_has_an_answer(marketplace: str) -> None:
    for row in tables()[marketplace]:
        said = advice(row.cause, row.code.replace("*", "x"), marketplace, sample(row))
        assert said.title, row
        assert said.action, row


def test_shopees_rows_say_more_than_their_cause() -> None:
    general = {
        (row.code, row.message)
        for row in tables()["shopee"]
        if row.cause not in BY_ITSELF | {Cause.missing}
        and advice(row.cause, row.code.replace("*", "x"), "shopee", sample(row)).id == row.cause.value
    }
    # Only what is refused for our data in no particular field is left to the cause: the message alone says more.
    assert {code for code, _message in general} <= {
        "error_whole_sale_*", "order_list_invalid_time", "failed_reason", "error_param*", "error_invalid_*",
        "error_*_limit*", "error_unlist_item_all_failed", "error_boost_item_all_failed", "error_busi*",
    }  # fmt: skip


@pytest.mark.parametrize("marketplace", ["blibli", "bukalapak"])
def test_a_field_that_a_marketplace_refused_has_an_answer_of_its_own(marketplace: str) -> None:
    for row in tables()[marketplace]:
        if row.field is not None:
            assert advice(row.cause, "x", marketplace, sample(row)).id.startswith(f"{marketplace}."), row


def test_every_guard_has_an_entry() -> None:
    shares = {f"share_{facet.value}" for facet in Thresholds().shares} | {"share_take_down"}
    assert {name for name, _rule in SINGLE} | shares | {"declined"} <= set(book().codes)


def test_every_readiness_code_has_an_entry() -> None:
    codes = readiness_codes()
    assert len(codes) >= 14
    assert codes - set(book().codes) == set()


def test_every_entry_speaks_every_language() -> None:
    for entry in entries():
        for texts in (entry.title, entry.action):
            assert set(texts) == set(LANGUAGES), entry.id
            assert all(text.strip() == text and text for text in texts.values()), entry.id
        assert all(action.endswith((".", "?")) for action in entry.action.values()), entry.id


def test_both_languages_name_the_same_commands() -> None:
    for entry in entries():
        typed = [sorted(text.split("`")[1::2]) for text in entry.action.values()]
        assert all(one == typed[0] for one in typed), entry.id


def test_one_id_is_one_answer() -> None:
    answers: dict[str, set[tuple[str, str, str]]] = {}
    for entry in entries():
        answers.setdefault(entry.id, set()).add((entry.who, entry.title["id"], entry.action["id"]))
    assert [name for name, said in answers.items() if len(said) > 1] == []


def test_our_code_goes_before_the_marketplaces_before_the_cause() -> None:
    assert advice(Cause.config, "category_unmapped", "shopee").id == "category_unmapped"
    assert advice(Cause.locked, "error_item_in_promotion", "shopee").id == "shopee.promotion"
    assert advice(Cause.locked, "error_item_in_promotion", "blibli").id == "locked"
    assert advice(Cause.locked, "4148", "lazada").id == "lazada.item_limit"
    assert advice(Cause.locked, "501", "lazada", "negative sellable on channel inventory").id == "lazada.campaign"
    assert advice(Cause.rejected, "error_item_in_promotion", "shopee").id == "rejected"
    assert advice(None).id == "unknown"


def test_words_decide_where_a_code_says_too_little() -> None:
    assert advice(Cause.locked, "error_auth", "shopee", "shop is in holiday mode").id == "shopee.holiday"
    assert advice(Cause.locked, "error_auth", "shopee", "verify your phone number").id == "shopee.phone"


def test_the_language_in_use_speaks() -> None:
    assert advice(Cause.quota).title == "Daily quota used up"
    use_language("id")
    assert advice(Cause.quota).title == "Kuota harian habis"


def test_people_are_staff_and_operator() -> None:
    assert set(PEOPLE) == {Who.staff, Who.operator}
    assert advice(Cause.rejected).for_people
    assert not advice(Cause.review).for_people


def test_an_unknown_code_of_ours_is_an_error() -> None:
    with pytest.raises(KeyError):
        advice_on("nosuch")
