"""What the adapter writes down for itself: receipts of what waits at Blibli, and the next step of a change. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from adapters.contract import Change, Listing, Structure

QUEUE, REVIEW, SHOWN, VARIANTS = "queue", "review", "shown", "variants"


@dataclass(frozen=True, slots=True)
class Mark:
    """A receipt as a value.

    `stage` = queue (a queue id is followed), review (a product is), shown (was it really put on sale?), variants
    (new ones are looked for); `skus` = of a create its own, of prices those whose discount ends; `code` = the product's
    code where known; `at` = when it was handed in, epoch seconds.
    """

    stage: str
    at: int
    queue: str = ""
    skus: tuple[str, ...] = ()
    code: str = ""

    @classmethod
    def of(cls, receipt: str) -> Mark:
        """Read a receipt of ours."""
        kept = json.loads(receipt)
        return cls(
            str(kept["stage"]), int(kept["at"]), str(kept.get("queue", "")), tuple(kept.get("skus", ())),
            str(kept.get("code", "")),
        )  # fmt: skip

    def text(self, **changes: Any) -> str:
        """As a receipt, with `changes`."""
        now = replace(self, **changes)
        kept = {"stage": now.stage, "queue": now.queue, "skus": list(now.skus), "code": now.code, "at": now.at}
        return json.dumps({k: v for k, v in kept.items() if v or k == "at"}, ensure_ascii=False, separators=(",", ":"))

    def age_s(self, now: datetime) -> float:
        """Seconds since it was handed in."""
        return now.timestamp() - self.at


def skus_of(change: Change) -> tuple[str, ...]:
    """The SKUs that a change is about: of a create or structure all, of price and stock its own."""
    if isinstance(change.to, Listing):
        return tuple(v.sku for v in change.to.structure.variants)
    if isinstance(change.to, Structure):
        return tuple(v.sku for v in change.to.variants)
    if change.sku is not None:
        return (change.sku,)
    return tuple(change.ids.offers) if change.ids else ()


@dataclass(frozen=True, slots=True)
class Memory:
    """`next_step` as a value.

    `part` = which half of a refused call this change belongs to; `revise` = the product code of what is to be
    corrected; `step` = "buyable" once a take-down was taken back; `bare` = the detail update has the other path;
    `said` = [cause, code, text] with which it was refused under the names of V3, so that it goes under those of a
    revision; `without` = {field of content: [cause, code, text]} refused so far.
    """

    part: str = ""
    revise: str = ""
    step: str = ""
    bare: bool = False
    said: Sequence[str] = ()
    without: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, change: Change) -> Memory:
        """What the last step left behind."""
        return cls(**json.loads(change.next_step)) if change.next_step else cls()

    def text(self, **changes: Any) -> str:
        """As JSON text, with `changes`."""
        now = replace(self, **changes)
        kept = {
            "part": now.part, "revise": now.revise, "step": now.step, "bare": now.bare, "said": list(now.said),
            "without": dict(now.without),
        }  # fmt: skip
        return json.dumps({k: v for k, v in kept.items() if v}, ensure_ascii=False, separators=(",", ":"))
