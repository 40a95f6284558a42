"""Limits that nobody publishes but for two (facts, section 6), and what follows when they are exceeded (section 5):
901 for a second, then a ban of the call, then a ban of the whole shop."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from adapters.sandbox.lazada.errors import Refusal, numbered
from adapters.sandbox.limits import Pace, Window

INVENTORY = frozenset({"/product/price_quantity/update", "/product/stock/sellable/update",
                       "/product/stock/sellable/adjust"})  # fmt: skip
BRANDS, ITEM_LIMIT = "/category/brands/query", "/product/seller/item/limit"
PATIENCE_S = 10.0
"""Strikes within so many seconds count together (invented, as the counts are)."""

CALL_BAN, SHOP_BAN = 5, 20
CALL_BAN_S, SHOP_BAN_S = 1.0, 10.0


@dataclass(slots=True)
class Gate:
    """Whether a call fits. Seconds are monotonic ones."""

    pace: Pace
    inventory: Window = field(default_factory=lambda: Window(50, 1.0))
    brands: Window = field(default_factory=lambda: Window(30, 1.0))
    item_limit: Window = field(default_factory=lambda: Window(10, 1.0))
    strikes: deque[float] = field(default_factory=deque)
    bans: dict[str, float] = field(default_factory=dict)
    """{path, "" for the whole shop: until when}."""

    def refusal(self, path: str, now: float) -> Refusal | None:
        """Why the call does not fit, None if it does."""
        for whose in ("", path):
            until = self.bans.get(whose, 0.0)
            if until > now:
                return self._banned(whose, until - now)
        if path == ITEM_LIMIT and not self.item_limit.admit(now):
            return Refusal("HOT_KEY_BLOCK_EXCEPTION", "HOT_KEY_BLOCK_EXCEPTION", "ISP")
        if self.pace.admit(now) and (path not in INVENTORY or self.inventory.admit(now)):
            return None
        return self._struck(path, now)

    def no_brands(self, path: str, now: float) -> bool:
        """Whether the brands come as a success with nothing in it."""
        return path == BRANDS and not self.brands.admit(now)

    def _struck(self, path: str, now: float) -> Refusal:
        while self.strikes and self.strikes[0] <= now - PATIENCE_S:
            self.strikes.popleft()
        self.strikes.append(now)
        if len(self.strikes) >= SHOP_BAN:
            self.strikes.clear()
            self.bans[""] = now + SHOP_BAN_S
            return self._banned("", SHOP_BAN_S)
        if len(self.strikes) % CALL_BAN == 0:
            self.bans[path] = now + CALL_BAN_S
            return self._banned(path, CALL_BAN_S)
        return too_fast()

    def _banned(self, whose: str, seconds: float) -> Refusal:
        left = max(1, round(seconds))
        said = f"access frequency exceeds the limit. this ban will last {left} seconds"
        return Refusal("ApiCallLimit", f"Api {said}") if whose else Refusal("SellerCallLimit", f"Seller {said}")


def too_fast() -> Refusal:
    """The first answer to a call that came too soon."""
    return numbered("901", "The request is too frequent, try again next second", "ISP")
