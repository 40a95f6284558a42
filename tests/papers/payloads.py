"""The example payloads of the fact sheets, as data: `tests/fixtures/payloads/NAME.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from adapters.transport import Answer
from tests.papers.paper import ROOT

FOLDER = ROOT / "tests" / "fixtures" / "payloads"


@dataclass(frozen=True, slots=True)
class Payload:
    """One example. `kind` = request, answer or push; `section` = of the fact sheet; of an answer what it must mean."""

    name: str
    call: str
    section: str
    kind: str
    body: Any
    status: int = 0
    ok: bool = True
    code: str = ""
    cause: str | None = field(default=None)

    @property
    def answer(self) -> Answer:
        """As the transport hands it over."""
        return Answer(self.status, self.body, json.dumps(self.body), "yes")


@cache
def payloads(marketplace: str) -> Mapping[str, Payload]:
    """{name: example} of one marketplace."""
    rows = json.loads((FOLDER / f"{marketplace}.json").read_text(encoding="utf-8"))["payloads"]
    found = {row["name"]: Payload(**row) for row in rows}
    assert len(found) == len(rows), "two examples of one name"
    return found
