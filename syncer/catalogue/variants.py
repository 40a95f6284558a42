"""A person's word about one variant: taken out of its product, put back, or given another SKU.

A row that is absent from a file changes nothing, and a changed SKU in a file is a new variant; so these three are
commands. None of them touches a shop: what differs is an ordinary difference of the next run, with its guards.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from syncer.catalogue.products import bump, touch
from syncer.errors import Failed, UsageError
from syncer.store.tables import (
    ChannelRow,
    FacetRow,
    ImportChangeRow,
    IntentRow,
    ListingRow,
    OfferRow,
    OrderLineRow,
    OutcomeRow,
    ProductRow,
    VariantRow,
)
from syncer.texts import _


def retire(session: Session, sku: str) -> str:
    """Take `sku` out of its product: sold no more, and removed from the shops once a person has approved that.

    Returns the product's code.

    Raises:
        UsageError: no such SKU.
        Failed: it is the product's last one.
    """
    variant = _variant(session, sku)
    others = select(VariantRow).where(
        VariantRow.product_id == variant.product_id, VariantRow.id != variant.id, col(VariantRow.retired).is_(False)
    )
    if session.exec(others).first() is None:
        said = _("{sku} is the last variant of its product; archive the product instead (column status)")
        raise Failed(said.format(sku=sku))
    variant.retired = True
    return _changed(session, variant)


@dataclass(frozen=True, slots=True)
class Restored:
    """A variant that was put back: its product's code, and the channels whose listing of it is made anew."""

    code: str
    anew: tuple[str, ...]


def restore(session: Session, sku: str) -> Restored:
    """Put `sku` back into its product, and let it be made anew where somebody removed it in a shop's app.

    Where the whole listing is gone from a shop, it is made anew: after a look, as every create.

    Raises:
        UsageError: no such SKU.
        Failed: another variant of the product has its options by now.
    """
    variant = _variant(session, sku)
    siblings = session.exec(
        select(VariantRow).where(
            VariantRow.product_id == variant.product_id, VariantRow.id != variant.id, col(VariantRow.retired).is_(False)
        )
    )
    for other in siblings:
        if _options(other) == _options(variant):
            raise Failed(_("{sku} has the same options as {other}").format(sku=sku, other=other.sku))
    variant.retired = False
    for offer in session.exec(select(OfferRow).where(OfferRow.sku == sku, col(OfferRow.removed_at).is_not(None))):
        forget(offer)
        _without(session, offer, sku)
        session.add(offer)
    anew = _gone(session, variant.product_id)
    for listing, _channel in anew:
        _forget_listing(session, listing)
    return Restored(_changed(session, variant), tuple(channel for _listing, channel in anew))


def _gone(session: Session, product_id: int) -> list[tuple[ListingRow, str]]:
    """The product's listings that a shop shows no more, with their channels' names."""
    rows = session.exec(
        select(ListingRow, ChannelRow.name)
        .join(ChannelRow, col(ListingRow.channel_id) == ChannelRow.id)
        .where(ListingRow.product_id == product_id, ListingRow.state == "gone")
        .order_by(ChannelRow.name)
    )
    return [(listing, channel) for listing, channel in rows]


def _forget_listing(session: Session, listing: ListingRow) -> None:
    """Nothing stands in the shop for `listing` any more, and nothing of the old one is believed of the next."""
    listing.external_id = listing.state = listing.state_since = listing.reason = None
    listing.created = listing.disturbed = False
    listing.source_json = "{}"
    listing.content_acknowledged = listing.content_observed = listing.content_observed_at = None
    listing.structure_acknowledged = listing.structure_observed = listing.structure_observed_at = None
    listing.visibility_acknowledged = listing.visibility_observed = listing.visibility_observed_at = None
    listing.observed_at = None
    session.add(listing)
    for offer in session.exec(select(OfferRow).where(OfferRow.listing_id == listing.id)):
        forget(offer)
        session.add(offer)
    session.connection().execute(delete(FacetRow).where(col(FacetRow.listing_id) == listing.id))


def rename(session: Session, sku: str, new: str) -> str:
    """Give `sku` the name `new`, here and in what is known of the shops: ids, stock ledger and orders stay.

    A shop's own SKU field is not written for it: offers are known by their ids. Returns the product's code.

    Raises:
        UsageError: no such SKU, or no usable new one.
        Failed: the new one is taken, or a create of the product is on its way.
    """
    variant, new = _variant(session, sku), new.strip()
    if not new or len(new) > 100:
        raise UsageError(_("a SKU has 1 to 100 characters"))
    taken = session.exec(select(VariantRow).where(VariantRow.sku_key == new.casefold())).first()
    if taken is not None and taken.id != variant.id:
        raise Failed(_("SKU {sku} is taken already").format(sku=taken.sku))
    _refuse_while_creating(session, variant)
    variant.sku, variant.sku_key = new, new.casefold()
    session.add(variant)
    _forget_strangers(session, sku, new)
    for table in (OfferRow, FacetRow, OrderLineRow):
        session.connection().execute(update(table).where(col(table.sku) == sku).values(sku=new))
    # The guards remember prices by SKU.
    shown = select(ListingRow.id).where(ListingRow.product_id == variant.product_id)
    done = update(OutcomeRow).where(col(OutcomeRow.listing_id).in_(shown), col(OutcomeRow.sku) == sku)
    session.connection().execute(done.values(sku=new))
    changes = update(ImportChangeRow).where(col(ImportChangeRow.kind) == "variant", col(ImportChangeRow.key) == sku)
    session.connection().execute(changes.values(key=new))
    for offer in session.exec(select(OfferRow).where(OfferRow.sku == new)):
        _reworded(session, offer, sku, new)
    return _changed(session, variant)


def forget(offer: OfferRow) -> None:
    """Nothing stands in the shop for `offer` any more: neither an id nor a number."""
    offer.external_id = offer.external_sku = offer.removed_at = None
    offer.price_acknowledged = offer.price_observed = offer.stock_acknowledged = offer.stock_observed = None
    offer.price_acknowledged_at = offer.price_observed_at = None
    offer.stock_acknowledged_at = offer.stock_observed_at = None


def _variant(session: Session, sku: str) -> VariantRow:
    bump(session)  # who changes the catalogue at the same moment waits here: each sees what the other has done
    found = session.exec(select(VariantRow).where(VariantRow.sku == sku)).first()
    if found is None:
        raise UsageError(_("SKU '{sku}' is not in the catalogue").format(sku=sku))
    return found


def _options(variant: VariantRow) -> tuple[str, str]:
    return (variant.option1_value or "").casefold(), (variant.option2_value or "").casefold()


def _changed(session: Session, variant: VariantRow) -> str:
    session.add(variant)
    session.flush()
    touch(session, [variant.product_id])
    return session.get_one(ProductRow, variant.product_id).code


def _refuse_while_creating(session: Session, variant: VariantRow) -> None:
    """A create that never left is no hindrance: what it would have sent is rendered anew, with the new name."""
    rows = select(IntentRow).join(ListingRow, col(IntentRow.listing_id) == ListingRow.id)
    for intent in session.exec(
        rows.where(ListingRow.product_id == variant.product_id, col(IntentRow.closed_at).is_(None))
    ).all():
        if intent.sent_at is None and intent.external_id is None:
            session.delete(intent)
            continue
        raise Failed(
            _("product {title} is being made in a shop just now; rename when that has ended").format(title=intent.title)
        )


def _forget_strangers(session: Session, sku: str, new: str) -> None:
    """Lines called `new` that were nobody's, in orders that hold `sku` too: one line is left, and it is ours.

    When such an order is read again, what is called `new` there counts as ours with the rest.
    """
    ours = select(OrderLineRow).where(OrderLineRow.sku == sku).subquery()
    met = (
        select(OrderLineRow)
        .join(ours, (ours.c.order_id == col(OrderLineRow.order_id)) & (ours.c.channel_id == OrderLineRow.channel_id))
        .where(OrderLineRow.sku == new, col(OrderLineRow.matched).is_(False))
    )
    for line in session.exec(met).all():
        session.delete(line)
    session.flush()


def _acknowledged(listing: ListingRow) -> dict[str, list[dict[str, object]]] | None:
    found: dict[str, list[dict[str, object]]] | None = json.loads(listing.structure_acknowledged or "null")
    return found


def _without(session: Session, offer: OfferRow, sku: str) -> None:
    """The shop shows the listing without this variant: neither did it confirm one."""
    listing = session.get_one(ListingRow, offer.listing_id)
    known = _acknowledged(listing)
    if known is not None:
        known["variants"] = [variant for variant in known["variants"] if variant["sku"] != sku]
        listing.structure_acknowledged = json.dumps(known, ensure_ascii=False, sort_keys=True)
        session.add(listing)


def _reworded(session: Session, offer: OfferRow, sku: str, new: str) -> None:
    """What the shop confirmed it confirmed of this variant, whatever we call it."""
    listing = session.get_one(ListingRow, offer.listing_id)
    known = _acknowledged(listing)
    if known is not None:
        known["variants"] = [{**v, "sku": new} if v["sku"] == sku else v for v in known["variants"]]
        listing.structure_acknowledged = json.dumps(known, ensure_ascii=False, sort_keys=True)
        session.add(listing)
