"""Every text that a person reads has an Indonesian one, with the same blanks to fill; the compiled file is the same."""

from __future__ import annotations

import ast
import io
import string
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import adapters
import syncer
from adapters.words import kept as kept_by_an_adapter
from adapters.words import not_in_list
from syncer.texts import LOCALES, _, kept, ngettext, told, use_language

PACKAGE = Path(syncer.__file__).parent
ADAPTERS = Path(adapters.__file__).parent
KEYWORDS = {**DEFAULT_KEYWORDS, "kept": None, "sentence": None, "Assumption": (3,), "_open": (3,)}
OUTCOMES = ("Rejected", "Locked", "Deferred", "Unknown", "lost", "AuthError", "Transient", "MarketplaceError")
SAYING = (*OUTCOMES, "PictureProblem", "append")
FOLDER = LOCALES / "id" / "LC_MESSAGES"


@cache
def texts_of_the_code() -> frozenset[str | tuple[str, ...]]:
    folders = (str(PACKAGE), str(ADAPTERS))
    return frozenset(found[2] for folder in folders for found in extract_from_dir(folder, keywords=KEYWORDS))


def translated() -> Iterator[Message]:
    catalogue = read_po(io.BytesIO((FOLDER / "syncer.po").read_bytes()), locale="id")
    return (message for message in catalogue if message.id)


def blanks(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def all_of(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def plain(messages: Iterable[Message]) -> dict[str, list[str]]:
    return {" | ".join(all_of(m.id)): all_of(m.string) for m in messages if m.id}


def test_the_extraction_sees_the_code() -> None:
    texts = texts_of_the_code()
    assert "All well." in texts
    assert ("Action needed: {n} thing.", "Action needed: {n} things.") in texts


def test_every_text_of_the_code_has_an_indonesian_one() -> None:
    done = {m.id if isinstance(m.id, str) else tuple(m.id) for m in translated() if all(all_of(m.string))}
    assert sorted(map(str, texts_of_the_code() - done)) == []


def test_no_translation_is_left_of_a_text_that_is_gone() -> None:
    there = {m.id if isinstance(m.id, str) else tuple(m.id) for m in translated()}
    assert sorted(map(str, there - texts_of_the_code())) == []


def test_a_translation_fills_the_same_blanks() -> None:
    wrong = [m.id for m in translated() for text in all_of(m.string) if blanks(text) != blanks(all_of(m.id)[-1])]
    assert wrong == []


def test_a_translation_names_the_same_commands_and_settings() -> None:
    def quoted(text: str) -> list[str]:
        return sorted(text.split("`")[1::2])

    wrong = [m.id for m in translated() for text in all_of(m.string) if quoted(text) != quoted(all_of(m.id)[-1])]
    assert wrong == []


def test_the_compiled_file_is_the_one_of_the_readable_file() -> None:
    compiled = read_mo(io.BytesIO((FOLDER / "syncer.mo").read_bytes()))
    assert plain(compiled) == plain(translated())


def test_every_kept_text_stands_in_its_call() -> None:
    """The extraction reads calls: a text that comes in a variable would stay English, unnoticed."""
    hidden = [
        f"{path.name}:{node.lineno}"
        for folder in (PACKAGE, ADAPTERS)
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "kept"
        and not (node.args and isinstance(node.args[0], ast.Constant))
    ]  # fmt: skip
    assert hidden == []


def test_what_is_kept_is_told_in_the_language_in_use() -> None:
    text = kept("{why}; see `syncer held`, let it pass with `syncer held approve {number}`", number=7,
                why=kept("{sku}: a price of Rp0 would give it away", sku="KOP-1"))  # fmt: skip
    assert told(text).startswith("KOP-1: a price of Rp0 would give it away; see `syncer held`")
    use_language("id")
    assert told(text).startswith("KOP-1: harga Rp0 berarti barang diberikan cuma-cuma; lihat `syncer held`")
    assert told(kept("times", of=7.5)) == "times"


def test_a_sentence_of_an_adapter_is_told_in_the_language_in_use_and_a_shops_words_as_they_stand() -> None:
    use_language("id")
    assert told("the product was deleted in the shop") == "produknya dihapus di toko"
    assert told("live") == "live"  # one word may be anybody's
    assert (told("Produk mengandung gambar buram"), told("")) == ("Produk mengandung gambar buram", "")


@pytest.mark.parametrize("name", sorted(path.parent.name for path in ADAPTERS.glob("*/assumptions.py")))
def test_every_assumption_of_an_adapter_is_told_in_indonesian(name: str) -> None:
    use_language("id")
    found = import_module(f"adapters.{name}.assumptions").ASSUMPTIONS
    assert found
    assert [one.id for one in found if told(one.text) == one.text] == []


def test_outcomes_of_adapters_speak_in_marked_sentences() -> None:
    """What stands unmarked in an outcome would stay English in the staff's report, unnoticed."""
    bare = [
        f"{path.parent.name}/{path.name}:{argument.lineno}: {argument.value}"
        for path in ADAPTERS.glob("*/*.py")
        if path.parent.name != "sandbox"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in OUTCOMES
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value.count(" ") > 1
    ]
    assert bare == []


def test_adapters_say_nothing_to_people_in_sentences_put_together() -> None:
    """A sentence with values is `kept`: as an f-string it is English for ever."""
    bare = [
        f"{path.relative_to(ADAPTERS)}:{said.lineno}: {ast.unparse(said)}"
        for path in ADAPTERS.rglob("*.py")
        if "sandbox" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for said in sayings(node)
        if isinstance(said, ast.JoinedStr) and words_of(said) > 2
    ]
    assert bare == []


def sayings(node: ast.AST) -> list[ast.expr]:
    """What is said to people: arguments of outcomes and errors, and what is called a text."""
    if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["text"]:
        return [node.value]
    if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in SAYING:
        return node.args
    return []


def words_of(said: ast.JoinedStr) -> int:
    return sum(len(str(part.value).split()) for part in said.values if isinstance(part, ast.Constant))


def test_what_an_adapter_keeps_is_told_in_the_language_in_use() -> None:
    text = kept_by_an_adapter("the store has no pickup point '{bound}'; it has: {there}",
                              bound="PP-9", there=kept_by_an_adapter("none"))  # fmt: skip
    assert told(text) == "the store has no pickup point 'PP-9'; it has: none"
    left = not_in_list("Bahan", "Sutra", "Blibli")
    assert told(left) == "attribute Bahan: 'Sutra' is not in the list of Blibli; left out"
    use_language("id")
    assert told(text) == "toko tidak punya titik penjemputan 'PP-9'; yang ada: tidak ada"
    assert told(left) == "atribut Bahan: 'Sutra' tidak ada di daftar Blibli; tidak dikirim"


def test_numbers_have_the_languages_decimal_sign() -> None:
    text = kept("{product}: {size} variants, the shop allows {most}; split the product", product="P", size=7.5, most=2)
    assert "7.5 variants" in told(text)
    use_language("id")
    assert "7,5 varian" in told(text)


@pytest.mark.parametrize(
    "text",
    ["", "HTTP 503", "{", '{"say": ', '{"say": 3, "with": {}}', '{"say": "{x}", "with": 3}', '{"say": "x"}',
     "{product} {0.__class__}"],
)  # fmt: skip
def test_what_others_wrote_is_shown_as_it_stands(text: str) -> None:
    assert told(text) == text


def test_nothing_that_others_wrote_is_a_format() -> None:
    assert told('{"say": "{x:>999999999} {x.__class__} {y}", "with": {"x": 1}}') == "{x:>999999999} {x.__class__} {y}"


def test_the_language_in_use_is_the_one_shown() -> None:
    assert (_("All well."), _("nobody")) == ("All well.", "nobody")
    use_language("id")
    assert (_("All well."), _("nobody")) == ("Aman.", "otomatis")


@pytest.mark.parametrize(("number", "said"), [(1, "Perlu tindakan: 1 hal."), (3, "Perlu tindakan: 3 hal.")])
def test_numbers_in_indonesian(number: int, said: str) -> None:
    use_language("id")
    text = ngettext("Action needed: {n} thing.", "Action needed: {n} things.", number)
    assert text.format(n=number) == said


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no texts in 'fr': there are id, en"):
        use_language("fr")
