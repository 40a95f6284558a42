"""The shop at work: its time, its switches, its queues and reviews, and how it refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from adapters.clock import Clock
from adapters.sandbox.blibli.state import LIVE, QUEUED, REVIEWED, Product, Promotion, Store, Variant, copied
from adapters.sandbox.limits import window_s

STORE = "TOQ-15126"
SETTLE_S = 120.0
QUEUE_S, QUEUE_FAST_S = 60.0, 1.0
REVIEW_S, REVIEW_FAST_S = 3600.0, 2.0
NOTES = "(invented) Foto produk buram; unggah foto yang jelas tanpa teks."


class Refusal(Exception):
    """The call is refused. `status` None: as the switch blibli.error_status says."""

    def __init__(self, code: str, text: str, status: int | None = None) -> None:
        super().__init__(text)
        self.code, self.text, self.status = code, text, status


@cache
def tree() -> dict[str, Any]:
    """The invented categories, attributes, brands, pickup points and couriers."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("tree.json").read_text(encoding="utf-8"))
    return found


class Context:
    """One store and what it needs to answer."""

    def __init__(self, clock: Clock, positions: Mapping[str, str], fast: bool) -> None:
        self.store, self.clock, self.fast = Store(), clock, fast
        self._positions = positions
        self.fault: str | None = None
        self.late_by = 0.0
        self.before: dict[str, Product] = {}
        """Each product as it was before its last change: what a stale read shows."""

    @property
    def now(self) -> float:
        """Epoch seconds at which the call in hand counts as made."""
        return self.clock.now().timestamp() - self.late_by

    def on(self, name: str, position: str) -> bool:
        """Whether switch blibli.`name` stands at `position`."""
        return self._positions[f"blibli.{name}"] == position

    def window(self, real_s: float) -> float:
        """A published window, shorter when fast."""
        return window_s(real_s, self.fast)

    @property
    def queue_s(self) -> float:
        """How long a queue takes."""
        return QUEUE_FAST_S if self.fast else QUEUE_S

    @property
    def review_s(self) -> float:
        """How long a review takes."""
        given = self.store.review_delay_s
        return given if given is not None else REVIEW_FAST_S if self.fast else REVIEW_S

    # --- products ----------------------------------------------------------------------------------------------------

    def touch(self, product: Product) -> None:
        """About to change: kept as it was, dated now."""
        self.before[product.code] = copied(product)
        product.updated = self.now

    def seen(self, product: Product) -> Product:
        """As a read shows it."""
        return self.before.get(product.code, product) if self.fault == "stale_read" else product

    def promotion(self, variant: Variant) -> Promotion | None:
        """The campaign on a variant that is not over."""
        running = [p for p in self.store.promotions if p.l4 == variant.l4 and not p.dropped and p.end > self.now]
        return running[0] if running else None

    def go_live(self, product: Product) -> None:
        """The review ended well: the ids of listing and variants exist from now on."""
        self.touch(product)
        product.state, product.ends, product.notes, product.reviewed_again = LIVE, None, "", False
        for number, variant in enumerate(product.variants, 1):
            variant.l4 = variant.l4 or f"{product.l3}-{number:05d}"

    def end_reviews(self) -> None:
        """Whatever queue or review has come to its end by now ends."""
        for product in list(self.store.products.values()):
            while product.ends is not None and product.ends <= self.now and product.state in (QUEUED, REVIEWED, LIVE):
                self._end(product)

    def _end(self, product: Product) -> None:
        ended = product.ends or self.now
        if product.state == QUEUED:
            self.touch(product)
            product.state, product.ends = REVIEWED, ended + self.review_s
        elif product.verdict == LIVE:
            self.go_live(product)
        else:
            self.touch(product)
            product.state, product.ends = product.verdict, None
            product.notes = NOTES
            product.verdict = LIVE

    def spend(self, key: str, count: int, seconds: float) -> bool:
        """Count a call against a published window; False: it is full, and the call does not count."""
        now = self.now
        spent = [at for at in self.store.spent.get(key, []) if at > now - seconds]
        self.store.spent[key] = spent
        if len(spent) >= count:
            return False
        spent.append(now)
        return True
