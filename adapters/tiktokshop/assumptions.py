"""What the facts leave open about Tokopedia & TikTok Shop, and what the adapter makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.contract import Assumption

ASSUMPTIONS = (
    Assumption(
        "tiktokshop.zero_quantity", ("refused", "accepted"),
        "Stock 0 is tried; once it was refused, what is out of stock is taken off sale as a whole listing.",
        "facts, section 7.3: the documented range begins at 1, an older one and live shops show 0",
    ),
    Assumption(
        "tiktokshop.omitted_warehouse", ("refused", "untouched"),
        "A stock write must list every warehouse of a SKU; the others are read and repeated once it was refused.",
        "facts, section 7.3: nothing says what becomes of a warehouse that is left out",
    ),
    Assumption(
        "tiktokshop.unlisted", ("untouched", "applied"),
        "What a partly failed call does not name as failed is not taken as applied: it is sent again.",
        "facts, section 5.1: the vendor words it as applied; nobody has tried it",
    ),
    Assumption(
        "tiktokshop.quantity_scale", ("available", "total"),
        "A stock write sets what can still be sold, without the pieces that orders have taken.",
        "facts, section 7.3: reads are on this scale; that writes are is the natural reading",
    ),
    Assumption(
        "tiktokshop.refused_price", ("applied", "untouched"),
        "Of a price call that failed nothing is known; its prices are sent again in halves.",
        "facts, section 7.4: no list of failed SKUs is documented",
    ),
    Assumption(
        "tiktokshop.repeated_key", ("error", "original", "forgotten"),
        "An idempotency_key is not relied upon: a lost create is looked for before it is sent again.",
        "facts, section 11.1: neither retention nor the answer to a repeated key is documented",
    ),
    Assumption(
        "tiktokshop.same_seller_sku", ("accepted", "refused"),
        "The same seller_sku may stand on two products, so only looking first prevents a second one.",
        "facts, section 11.1: 12052553 is about one payload only",
    ),
    Assumption(
        "tiktokshop.own_option_id", ("refused", "accepted"),
        "An option that is none of the category goes by its name, also where the shop has given it an id.",
        "facts, section 7.1: an option has an id or a name; whether an own one's id may be written is not said",
    ),
    Assumption(
        "tiktokshop.activation", ("review", "live"),
        "A product that is put on sale again may be audited first; until then it is shown as in review.",
        "facts, section 7.5: nothing is said",
    ),
    Assumption(
        "tiktokshop.deleted_in_all", ("listed", "absent"),
        "A search for status ALL may list deleted products; they count as gone.",
        "facts, section 7.6: ALL is not defined",
    ),
    Assumption(
        "tiktokshop.required_spelling", ("is_requried", "is_required"),
        "The flag of a required attribute is read under both spellings.",
        "facts, section 8",
    ),
    Assumption(
        "tiktokshop.unused_image", ("expires", "kept"),
        "An uploaded picture may be gone before it is used; a refusal for pictures uploads them anew, once.",
        "facts, section 8: how long an unused uri lives is not documented",
    ),
    Assumption(
        "tiktokshop.orders_page", ("50", "100"),
        "A page of orders has at most 50.",
        "facts, section 9: projects use up to 100",
    ),
    Assumption(
        "tiktokshop.old_access_token", ("voided", "lives"),
        "After a refresh the old access token is dead.",
        "facts, section 4: whether there is a grace period is not documented",
    ),
    Assumption(
        "tiktokshop.old_refresh_token", ("voided", "lives"),
        "A refresh token serves once, so the new pair is stored before it is used.",
        "facts, section 4",
    ),
    Assumption(
        "tiktokshop.error_status", ("200", "400"),
        "A refusal is known by the code in its body, whatever its HTTP status.",
        "facts, section 5: both were seen, by other codes",
    ),
    Assumption(
        "tiktokshop.error_data", ("missing", "null"),
        "A refusal may come without data, or with null.",
        "facts, section 5",
    ),
    Assumption(
        "tiktokshop.retry_after", ("absent", "present"),
        "A refusal for speed need not say for how long; our own pace goes down by half.",
        "facts, sections 5 and 6: honoured where it is given, never shown",
    ),
    Assumption(
        "tiktokshop.hourly_cap", ("none", "1000", "100"),
        "A live shop has no cap an hour; a development shop's shows as refusals for speed.",
        "facts, section 6: reported by projects only",
    ),
    Assumption(
        "tiktokshop.unknown_fields", ("refused", "ignored"),
        "Only fields of the vendor's own models are sent.",
        "facts, section 7: what becomes of another is not said",
    ),
    Assumption(
        "tiktokshop.price_floor", ("1000", "1"),
        "No lowest price is assumed: the shop's refusal names it.",
        "facts, section 7.4: the page of price bounds was not seen",
    ),
    Assumption(
        "tiktokshop.price_fraction", ("refused", "accepted"),
        "An amount is whole rupiah without decimals.",
        "facts, section 7.4",
    ),
    Assumption(
        "tiktokshop.relistings", ("10", "unbounded"),
        "Content is written only where it differs, as edits a day are limited; a refusal for that waits.",
        "facts, section 7.2: the number is not documented",
    ),
    Assumption(
        "tiktokshop.order_ids", ("50", "unbounded"),
        "Orders are read from the search, which shows their lines; the detail call is not used.",
        "facts, section 9: the most ids a call are not in the models",
    ),
    Assumption(
        "tiktokshop.committed_at", ("unpaid", "paid"),
        "An order that is not paid yet counts as one that takes pieces.",
        "facts, sections 7.3 and 9: when an order takes available stock is not said",
    ),
    Assumption(
        "tiktokshop.webhook_retry", ("none", "three"),
        "Nothing relies on webhooks: everything is polled.",
        "facts, section 10",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assumed:
    """Where this shop's answers stand, as far as what we do depends on them; the defaults are the careful ones.

    `zero` None = not known: 0 is tried, and a refusal is remembered.
    """

    zero: bool | None = None
    total_scale: bool = False
    every_warehouse: bool = False
    orders_page: int = 50

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Assumed:
        """From the positions in the channel's config."""
        zero = said.get("tiktokshop.zero_quantity")
        page = said.get("tiktokshop.orders_page", "50")
        return cls(
            None if zero is None else zero == "accepted",
            said.get("tiktokshop.quantity_scale") == "total",
            said.get("tiktokshop.omitted_warehouse") == "refused",
            100 if page == "100" else 50,
        )
