"""Every text that a person reads, through gettext: English in the code, Indonesian beside it.

The language is chosen once, at the door (`use_language`); a text is translated at the moment at which it is shown.
"""

from __future__ import annotations

from gettext import GNUTranslations, NullTranslations
from pathlib import Path

LOCALES = Path(__file__).parent / "locale"
LANGUAGES = ("id", "en")
DEFAULT = "id"
DOMAIN = "syncer"

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
