"""What the facts of Bukalapak leave open, how the adapter answers it, and which answers of a shop settle it.

Numbers are sections of the facts. The first position is the adapter's own, careful one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.contract import Assumption, Cause, Noticed
from adapters.noticing import Vocabulary, answer_of, known_fields, values_at

__all__ = ["ASSUMPTIONS", "shown", "vocabulary"]

ASSUMPTIONS: tuple[Assumption, ...] = (
    Assumption("bukalapak.era", ("open", "winding_down", "closed"), "Sellers may still list and change goods.", "0, 8"),
    Assumption("bukalapak.create_variants", ("absent", "accepted"), "A create of v2 takes no variants.", "3.3, 3.5"),
    Assumption("bukalapak.patch_price", ("refused", "accepted"), "The call that sets stock takes no price.", "4.4"),
    Assumption("bukalapak.sku_name", ("null", "settable"), "No write sets a seller's SKU.", "3.3, 4.3, 4.4"),
    Assumption("bukalapak.refresh_replay", ("loses_account", "refused"),
               "A refresh token used twice may cost the authorisation.", "4.1"),
    Assumption("bukalapak.old_access", ("ends", "lives"), "A refresh ends the access token before it.", "4.1"),
    Assumption("bukalapak.meta_status", ("disagrees", "agrees"),
               "A failure of v4 may come with HTTP 200 and name its status inside only.", "4.2"),
    Assumption("bukalapak.success_errors", ("absent", "empty"), "An answer of success names no errors at all.", "7, 9"),
    Assumption("bukalapak.unknown_fields", ("refused", "swallowed"), "A field that no source names is refused.",
               "3.3, 4.4"),
    Assumption("bukalapak.v2_numbers", ("strings", "numbers"), "v2 answers price, stock and weight as text.", "2, 6"),
    Assumption("bukalapak.v2_variant_numbers", ("refused", "all"),
               "v2 changes no price or stock of a product with variants.", "3.3"),
    Assumption("bukalapak.v2_bad_login", ("200", "403"), "A wrong password comes with HTTP 200.", "3.1"),
    Assumption("bukalapak.order_window", ("created", "updated"), "A window of orders looks at when they were made.",
               "4.6"),
    Assumption("bukalapak.restock", ("returns", "stays_off"), "Stock alone brings back a product that ran out.", "4.4"),
    Assumption("bukalapak.user_agent", ("any", "partner"), "v4 takes any name of a client.", "4.1, 9"),
)  # fmt: skip

ORDER_STATES = frozenset({
    "pending", "addressed", "payment_chosen", "confirm_payment", "paid", "accepted", "delivered", "received",
    "remitted", "cancelled", "expired", "rejected", "refunded",
})  # fmt: skip
"""4.6."""


def vocabulary() -> Vocabulary:
    """What the facts name, and what the sandbox had to invent where they only describe."""
    return Vocabulary(known_fields(__package__), {"transactions": {"data.state": ORDER_STATES}})


def shown(
    operation: str, api: str, status: int, body: Any, ok: bool, cause: Cause | None, sent: str | None
) -> Iterator[Noticed]:
    """What one answer says of the open questions; `sent` = the body of the request, if it had one in JSON."""
    if not isinstance(body, Mapping):
        return
    for question, position, evidence in (*_of_envelope(api, status, body, ok), *_of(operation, body, ok, cause, sent)):
        yield answer_of(f"bukalapak.{question}", position, operation, evidence)


Answer = tuple[str, str, str]


def _of_envelope(api: str, status: int, body: Mapping[str, Any], ok: bool) -> Iterator[Answer]:
    if api != "v4":
        return
    inside = next(values_at(body, ("meta", "http_status")), None)
    if ok and not body.get("errors"):
        yield "success_errors", "empty" if "errors" in body else "absent", "errors"
    elif not ok and isinstance(inside, int) and inside // 100 != 2:
        yield "meta_status", "agrees" if status == inside else "disagrees", f"HTTP {status}, inside {inside}"


def _of(operation: str, body: Mapping[str, Any], ok: bool, cause: Cause | None, sent: str | None) -> Iterator[Answer]:
    if operation == "product" and ok:
        price = next(values_at(body, ("product", "price")), None)
        if isinstance(price, str | int | float):
            yield "v2_numbers", "strings" if isinstance(price, str) else "numbers", f"price as {type(price).__name__}"
    if operation == "create_product" and ok:
        yield "era", "open", "a product was made"
        if sent and '"variants"' in sent:
            yield "create_variants", "accepted", "a product with variants was made"
    if operation == "create_product" and cause is Cause.config and "fisik" in str(body.get("message")).casefold():
        yield "era", "winding_down", "a create was refused: physical goods"
    if operation == "update_sku" and sent and '"price"' in sent:
        if ok:
            yield "patch_price", "accepted", "a price was set by the stock call"
        elif cause is Cause.rejected:
            yield "patch_price", "refused", "a price was refused by the stock call"
    if operation == "update_sku" and sent and '"sku_name"' in sent and ok:
        yield "sku_name", "settable", "a seller's SKU was set"
