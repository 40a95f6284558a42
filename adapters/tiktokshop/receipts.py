"""Receipts of what stands in an audit: which product is followed, and since when. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from adapters.contract import Accepted, Ids
from adapters.tiktokshop.mapping import dump

FIRST_LOOK_S, LONGEST_PAUSE_S, PAUSE_SHARE = 5.0, 900.0, 0.25
"""An audit takes seconds or days; the older it is, the rarer it is looked at (ours: no source names a time)."""

LISTED, EDITED = "listed", "edited"


@dataclass(frozen=True, slots=True)
class Mark:
    """A receipt as a value.

    `kind` = listed (the product itself is audited: a create, a draft that was published) or edited (a new version of a
    product is, the old one stays on sale); `offers` = {SKU: its id} as the write's answer gave them; `at` = when it was
    handed in, epoch seconds; `said` = warnings to be told at the end.
    """

    kind: str
    product: str
    at: int
    offers: Mapping[str, str] = field(default_factory=dict)
    said: tuple[str, ...] = ()

    @classmethod
    def of(cls, receipt: str) -> Mark:
        """Read a receipt of ours."""
        kept = json.loads(receipt)
        offers, said = dict(kept.get("offers", {})), tuple(kept.get("said", ()))
        return cls(str(kept["kind"]), str(kept["product"]), int(kept["at"]), offers, said)

    @property
    def ids(self) -> Ids:
        """The ids that the write brought."""
        return Ids(self.product, self.offers)

    def text(self) -> str:
        """As a receipt."""
        kept: dict[str, Any] = {"kind": self.kind, "product": self.product, "at": self.at}
        kept |= {"offers": dict(self.offers), "said": list(self.said)}
        return dump({name: value for name, value in kept.items() if value or name == "at"})

    def age_s(self, now: datetime) -> float:
        """Seconds since it was handed in."""
        return max(0.0, now.timestamp() - self.at)

    def open(self, now: datetime) -> Accepted:
        """Still open, to be looked at again when a share of its age has passed."""
        pause = min(LONGEST_PAUSE_S, max(FIRST_LOOK_S, PAUSE_SHARE * self.age_s(now)))
        return Accepted(self.text(), now + timedelta(seconds=pause))
