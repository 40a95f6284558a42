"""Sentences of adapters that people read: marked here, translated by whoever shows them."""

from __future__ import annotations

import json

SAY, WITH = "say", "with"
"""The keys of a text that is kept: the text with its blanks in {}, and what fills them by the blank's name."""


def sentence(text: str) -> str:
    """`text` as it stands: the mark by which it is found for translation."""
    return text


def kept(text: str, **values: str | int | float) -> str:
    """`text` and what fills its blanks, as JSON text: so it can be translated when it is shown, long after.

    A value may be kept itself. The text stands in the call, where it is found for translation.
    """
    return json.dumps({SAY: text, WITH: values}, ensure_ascii=False)


def not_in_list(attribute: str, value: str, marketplace: str) -> str:
    """The warning of a value that a closed list does not hold; all three as people know them."""
    return kept("attribute {attribute}: '{value}' is not in the list of {marketplace}; left out",
                attribute=attribute, value=value, marketplace=marketplace)  # fmt: skip
