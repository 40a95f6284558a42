"""A judge of answers: every field that the sandbox gives must stand in the vendor's models, with their type."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

NOWHERE = frozenset({"GET /product/202309/categories/{category_id}/attributes: attributes[].is_required"})
"""The right spelling, which the switch tiktokshop.required_spelling tries; the models have only the wrong one."""

KINDS = {"text": str, "whole": int, "flag": bool}


@cache
def operations() -> list[tuple[str, re.Pattern[str], Any]]:
    """Method and path, a pattern of them whatever the version, and the shape of the data."""
    table: dict[str, Any] = json.loads(Path(__file__).with_name("responses.json").read_text(encoding="utf-8"))
    return [
        (name, re.compile(re.sub(r"\{\w+\}", r"[0-9]+", re.sub(r"/20\d{4}/", "/20[0-9]{4}/", name))), shape)
        for name, shape in table.items()
        if name != "label"
    ]


def strange(lines: Iterator[Mapping[str, Any]]) -> set[str]:
    """Fields of recorded answers that the models do not have, or not so."""
    found: set[str] = set()
    for line in lines:
        answer = line["response"]
        if isinstance(answer, dict) and isinstance(answer.get("data"), dict):
            call = f"{line['method']} {line['path']}"
            for name, pattern, shape in operations():
                if pattern.fullmatch(call):
                    found |= {f"{name}: {at}" for at in _strange("", answer["data"], shape)}
    return found - NOWHERE


def _strange(at: str, value: Any, shape: Any) -> Iterator[str]:
    if isinstance(shape, str):
        if type(value) is not KINDS[shape]:
            yield at
    elif isinstance(shape, list):
        for one in value if isinstance(value, list) else [None]:
            yield from _strange(f"{at}[]", one, shape[0])
    elif not isinstance(value, dict):
        yield at
    else:
        for name, one in value.items():
            inner = f"{at}.{name}".lstrip(".")
            if name in shape:
                yield from _strange(inner, one, shape[name])
            else:
                yield inner
