"""The published limits (facts, section 6): per store, SKU, queue and day, kept with the state, so that they survive."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.sandbox.blibli.context import Context
from adapters.sandbox.limits import window_s

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` calls of an operation in any `window` seconds (real ones), per `scope`: shop, sku or queue."""

    operation: str
    count: int
    window: float
    scope: str = "shop"


PUBLISHED = (
    Limit("create", 25, MINUTE),
    Limit("revise", 25, MINUTE),
    Limit("archive", 25, MINUTE),
    Limit("bulk_update", 25, MINUTE),
    Limit("list_v3", 25, MINUTE),
    Limit("variants_list", 25, MINUTE, "sku"),
    Limit("stock", 60, MINUTE),
    Limit("detail_update", 60, MINUTE),
    Limit("price", 5, HOUR, "sku"),
    Limit("detail", 5, 30 * MINUTE, "sku"),
    Limit("variants_set", 10, 30 * MINUTE, "sku"),
    Limit("image_add", 10, MINUTE, "sku"),
    Limit("feed_detail", 5, 15 * MINUTE, "queue"),
    Limit("feed_list", 360, DAY),
    Limit("categories", 5, DAY),
    Limit("attributes", 5, DAY, "sku"),  # per category: its code stands where others have a SKU
    Limit("brands", 1000, 6 * HOUR),
    Limit("pickup_points", 10, DAY),
    Limit("orders", 100, 30 * MINUTE),
    Limit("order_detail", 5, 30 * MINUTE, "sku"),  # per order item
    Limit("create_package", 7200, DAY),
)

_BY_OPERATION = {limit.operation: limit for limit in PUBLISHED}


def admit(here: Context, operation: str, key: str) -> bool:
    """Whether a call of `operation` about `key` (a SKU, queue, category) still fits; a refused call does not count."""
    limit = _BY_OPERATION.get(operation)
    if limit is None or not here.shop.published:
        return True
    whose = f"{operation}|{key if limit.scope != 'shop' else ''}"
    seconds = window_s(limit.window, here.fast)
    calls = [at for at in here.shop.windows.get(whose, ()) if at > here.now - seconds]
    fits = len(calls) < limit.count
    if fits:
        calls.append(here.now)
    here.shop.windows[whose] = calls
    return fits


def forget(here: Context) -> None:
    """Drop windows in which nothing counts any more, so that a state does not grow without end."""
    longest = window_s(DAY, here.fast)
    kept = {whose: calls for whose, calls in here.shop.windows.items() if calls and calls[-1] > here.now - longest}
    here.shop.windows = kept


def rates(rate_per_s: int, fast: bool) -> str:
    """The same numbers as a TOML value of our config."""
    lines = [f'{{ scope = "shop", count = {rate_per_s}, window_s = 1.0 }}']
    lines += [
        f'{{ scope = "{limit.scope}", operation = "{limit.operation}", count = {limit.count}, '
        f"window_s = {window_s(limit.window, fast)} }}"
        for limit in PUBLISHED
    ]
    return "[\n    " + ",\n    ".join(lines) + ",\n]"
