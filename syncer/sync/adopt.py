"""Adoption: a shop's existing listings become ours, each once, and only those that are ours beyond doubt.

Until it has run, nothing is created in a shop that is not known to be empty. Nothing is written to the shop here: what
differs is an ordinary difference of the next run, with its guards. A product that a person must decide about is not
created until a later adoption has settled it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from adapters.contract import Facet, Listing, Observed
from syncer.catalogue.products import load
from syncer.channels.shop import Shop
from syncer.listing.canonical import to_text
from syncer.listing.render import RENDERER, Rendered, render
from syncer.store.tables import ChannelRow, IntentRow, ListingRow, OfferRow, ProductRow
from syncer.sync.intents import SHOWN
from syncer.sync.lease import Lease, hold
from syncer.sync.matching import Matching, Ours, Pair, match
from syncer.sync.record import close_intent
from syncer.sync.shown import shown_structure
from syncer.sync.state import batches, mark_changed, views


@dataclass(frozen=True, slots=True)
class Adoption:
    """What an adoption of one channel found, and whether it was written down (`done`) or only looked at."""

    channel: str
    at: datetime
    seen: int
    linked_before: int
    ours: Mapping[str, Ours]
    """{code: product} of what had no listing here before."""
    matching: Matching
    done: bool

    @property
    def exit_code(self) -> int:
        """3 while something waits for a person, else 0."""
        return 3 if self.matching.open else 0


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Products that have no listing here yet, as they would be shown, and the ids that are linked already."""

    ours: tuple[Ours, ...]
    renders: Mapping[str, Rendered]
    linked: frozenset[str]


def adopt(shop: Shop, locks: Path, named: Mapping[str, str], dry_run: bool, wait_s: float = 60.0) -> Adoption:
    """Read the whole shop, link what is ours, mark what is in doubt. `named` = {external offer id: SKU or '-'}.

    Raises:
        ChannelBusy: another run held the channel for longer than `wait_s`.
        ChannelStopped: the channel is new, and was not checked yet.
        MarketplaceError: the shop could not be read whole; nothing was linked.
    """
    shop.contact.must_be_read()
    with hold(shop.database, shop.id, shop.name, locks, shop.clock, wait_s) as lease:
        shop.learn()
        shown = list(shop.lister.observe())
        shop.contact.take_notice()
        with shop.database.write() as session:
            lease.check(session)
            mark_changed(session, shop.id, shop.clock.now())
        shelf = _shelf(shop)
        unlinked = [seen for seen in shown if seen.external_id not in shelf.linked]
        matching = match(shelf.ours, unlinked, named)
        if not dry_run:
            _write(shop, lease, shelf, matching)
    ours = {one.code: one for one in shelf.ours}
    return Adoption(shop.name, shop.clock.now(), len(shown), len(shown) - len(unlinked), ours, matching, not dry_run)


def _shelf(shop: Shop) -> _Shelf:
    rules, now = shop.rules(), shop.clock.now()
    with shop.database.read() as session:
        rows = session.exec(select(ListingRow).where(ListingRow.channel_id == shop.id)).all()
        linked = frozenset(row.external_id for row in rows if row.external_id is not None)
        sent = set(_sent(session, shop.id))
        free = [row.id for row in rows if row.id is not None and row.external_id is None and row.id not in sent]
        known = views(session, free)
        products = load(session, sorted(known))
    renders = {product.code: render(product, rules, now) for product in products.values()}
    ours = tuple(_ours(view.id, view.code, renders[view.code]) for view in known.values())
    return _Shelf(tuple(one for one in ours if one is not None), renders, linked)


def _sent(session: Session, channel_id: int) -> Sequence[int]:
    """Listings whose create is on its way: what it makes is found by its own look."""
    open_ = select(IntentRow.listing_id).where(
        IntentRow.channel_id == channel_id, col(IntentRow.closed_at).is_(None), col(IntentRow.sent_at).is_not(None)
    )
    return session.exec(open_).all()


def _ours(listing_id: int, code: str, rendered: Rendered) -> Ours | None:
    """A product that is not sold any more is matched too: what stands there of it is ours to take down."""
    listing = rendered.listing
    if listing is None:
        return None
    prices = {sku: price.list for sku, price in listing.prices.items()}
    options = {variant.sku: variant.options for variant in listing.structure.variants}
    return Ours(listing_id, code, listing.content.title, prices, dict(listing.stocks), options)


# --- writing down ----------------------------------------------------------------------------------------------------


def _write(shop: Shop, lease: Lease, shelf: _Shelf, matching: Matching) -> None:
    now = shop.clock.now()
    with shop.database.write() as session:
        lease.check(session)
        for pair in matching.pairs:
            told = shop.adapter.comparable(Facet.structure, pair.seen) is not None
            _link(session, pair, shelf.renders[pair.ours.code], told, now)
        _mark_doubts(session, shop.id, matching, now)
        channel = session.get_one(ChannelRow, shop.id)
        channel.adopted_at = now
        session.add(channel)


def _link(session: Session, pair: Pair, rendered: Rendered, told: bool, now: datetime) -> None:
    """From now on the listing is ours: its ids are kept, and what it shows is read back before anything is compared."""
    row = session.get_one(ListingRow, pair.ours.listing_id)
    row.external_id, row.created, row.renderer = pair.seen.external_id, True, RENDERER
    row.disturbed, row.due_at, row.doubt_json = True, now, None
    row.state, row.state_since = pair.seen.state.value, now
    row.visibility_acknowledged = pair.seen.state in SHOWN
    if rendered.listing is not None:
        _acknowledge_structure(row, pair.seen, rendered.listing, rendered, told)
    session.add(row)
    ids = pair.seen.ids().offers
    for offer in session.exec(select(OfferRow).where(OfferRow.listing_id == row.id)):
        if offer.sku in ids:
            offer.external_id, offer.external_sku = ids[offer.sku], offer.sku
            session.add(offer)
    close_intent(session, pair.ours.listing_id, "adopted", now)  # never sent: there is nothing to look for any more


def _acknowledge_structure(row: ListingRow, seen: Observed, wanted: Listing, rendered: Rendered, told: bool) -> None:
    """What the shop shows is what it confirmed; shown as we would have written it, it needs no write.

    `told` = it shows options at all.
    """
    shown = shown_structure(wanted.structure, seen, told)
    row.structure_acknowledged = to_text(shown)
    same = shown == wanted.structure
    sources = {Facet.structure.value: (rendered.sources or {}).get(Facet.structure, "")} if same else {}
    row.source_json = json.dumps(sources, sort_keys=True)


def _mark_doubts(session: Session, channel_id: int, matching: Matching, now: datetime) -> None:
    """Products in doubt are held back from being created; those that were, and are settled now, are due again."""
    undecided = matching.undecided
    rows = session.exec(
        select(ListingRow, ProductRow.code).join(ProductRow).where(
            ListingRow.channel_id == channel_id, col(ListingRow.created).is_(False)
        )
    ).all()  # fmt: skip
    for part in batches(rows):
        for row, code in part:
            found = undecided.get(code)
            doubt = None if found is None else json.dumps(
                {"doubt": found.doubt.value, "listings": [one.external_id for one in found.listings]}
            )  # fmt: skip
            if row.doubt_json != doubt:
                row.doubt_json, row.due_at = doubt, now
                session.add(row)
