"""Every text that a person reads, through gettext: English in the code, Indonesian beside it.

The language is chosen once, at the door (`use_language`); a text is translated at the moment at which it is shown.
What is stored for later is stored as `kept`: the English text with its blanks, and what fills them; `told` shows it.
Adapters keep theirs in the same form, which they define, as they know nothing of the service.
"""

from __future__ import annotations

import json
import re
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from adapters.words import SAY, WITH, kept

__all__ = [
    "DEFAULT", "DOMAIN", "LANGUAGES", "LOCALES", "_", "grouped", "is_kept", "kept", "language", "ngettext", "rupiah",
    "told", "use_language", "worded",
]  # fmt: skip

LOCALES = Path(__file__).parent / "locale"
LANGUAGES = ("id", "en")
DEFAULT = "id"
DOMAIN = "syncer"

_KEPT = f'{{"{SAY}": '
_BLANK = re.compile(r"\{(\w+)\}")

_catalogues: dict[str, NullTranslations] = {}
_in_use: list[NullTranslations] = []
_language: list[str] = []


def use_language(language: str) -> None:
    """Show texts in `language` from now on.

    Raises:
        ValueError: there are no texts in that language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no texts in '{language}': there are {', '.join(LANGUAGES)}")
    _in_use[:], _language[:] = [_catalogue(language)], [language]


def language() -> str:
    """The language in use: one of `LANGUAGES`."""
    return _language[0] if _language else DEFAULT


def _(text: str) -> str:
    """`text` in the language in use."""
    return _current().gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """`one` or `many`, as `number` needs it, in the language in use."""
    return _current().ngettext(one, many, number)


def is_kept(text: str) -> bool:
    """Whether `told` would translate `text`; what a marketplace or a person wrote is shown as it stands."""
    return text.startswith(_KEPT)


def told(text: str) -> str:
    """A stored text in the language in use: what was `kept` with its blanks filled, and an adapter's own sentence.

    What a marketplace or a person wrote stands as it is.
    """
    if not is_kept(text):
        return _(text) if " " in text else text
    try:
        found = json.loads(text)
        words = {name: worded(value) for name, value in found[WITH].items()}
        return _BLANK.sub(lambda blank: words.get(blank[1], blank[0]), _(found[SAY]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return text  # somebody else's words, that only begin like ours


def worded(value: str | int | float) -> str:
    """A value as it stands in a text: numbers with the language's decimal sign, what was kept translated."""
    if isinstance(value, str):
        return told(value)
    written = f"{value:g}" if isinstance(value, float) else str(value)
    return written if language() == "en" else written.replace(".", ",")


def grouped(number: int) -> str:
    """A whole number with the language's sign between thousands, as '1.755' or '1,755'."""
    written = f"{number:,}"
    return written if language() == "en" else written.replace(",", ".")


def rupiah(amount: int) -> str:
    """Whole rupiah, as 'Rp150.000': a full stop between thousands, no decimals, in either language."""
    return ("-" if amount < 0 else "") + "Rp" + f"{abs(amount):,}".replace(",", ".")


def _current() -> NullTranslations:
    if not _in_use:
        use_language(DEFAULT)
    return _in_use[0]


def _catalogue(language: str) -> NullTranslations:
    if language not in _catalogues:
        _catalogues[language] = _load(language)
    return _catalogues[language]


def _load(language: str) -> NullTranslations:
    if language == "en":
        return NullTranslations()  # the code's own texts
    with (LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        return GNUTranslations(file)
