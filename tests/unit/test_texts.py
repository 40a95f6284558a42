"""Every text that a person reads has an Indonesian one, with the same blanks to fill; the compiled file is the same."""

from __future__ import annotations

import io
import string
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import syncer
from syncer.texts import LOCALES, _, ngettext, use_language

PACKAGE = Path(syncer.__file__).parent
FOLDER = LOCALES / "id" / "LC_MESSAGES"


@cache
def texts_of_the_code() -> frozenset[str | tuple[str, ...]]:
    return frozenset(found[2] for found in extract_from_dir(str(PACKAGE)))


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


def test_the_language_in_use_is_the_one_shown() -> None:
    assert (_("All well."), _("nobody")) == ("All well.", "nobody")
    use_language("id")
    assert (_("All well."), _("nobody")) == ("Aman.", "tidak seorang pun")


@pytest.mark.parametrize(("number", "said"), [(1, "Perlu tindakan: 1 hal."), (3, "Perlu tindakan: 3 hal.")])
def test_numbers_in_indonesian(number: int, said: str) -> None:
    use_language("id")
    text = ngettext("Action needed: {n} thing.", "Action needed: {n} things.", number)
    assert text.format(n=number) == said


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no texts in 'fr': there are id, en"):
        use_language("fr")
