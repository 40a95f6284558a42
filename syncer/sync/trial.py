"""A new channel on trial: which few listings are pushed, and whether the shop shows them as we want them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlmodel import Session, col, select

from syncer.catalogue.products import load
from syncer.channels.contact import TRIED, Stage
from syncer.channels.shop import Shop
from syncer.listing.render import Rendered, render
from syncer.listing.rules import ChannelRules
from syncer.store.tables import FacetRow, ListingRow, OfferRow, OutcomeRow, ProductRow
from syncer.sync.lease import Lease
from syncer.sync.readback import read_back
from syncer.texts import kept

SHOWN = ("live", "live_oos")
NAMED_MOST = 5
"""So many of those that a trial waits for are named."""

LOOK = 25
"""So many products are rendered at a time in search of those that can be listed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Listing rows of a trial: those that must come to show what we want, and those that are only kept in step.

    `beside` were pushed before, and have run out of stock in part since or are wanted no more. What falls there goes on
    to be pushed; no proof is asked of them: Tokopedia & TikTok Shop takes no 0, and does not show them until they have
    stock.
    """

    tried: tuple[int, ...]
    beside: tuple[int, ...]

    @property
    def pushed(self) -> frozenset[int]:
        """All that the trial may push to."""
        return frozenset((*self.tried, *self.beside))


def chosen(session: Session, channel_id: int, rules: ChannelRules, as_of: datetime, number: int) -> Choice:
    """The first `number` listings that the channel should show and can: what was pushed, what stands there, by code.

    Only those with stock of each variant, if there are any: they are on sale, whole, wherever they are pushed. Nothing
    of the choice is stored. What was begun was pushed, so the next choice begins with it.
    """
    pushed = _pushed(session, channel_id)
    tried: list[int] = []
    beside: list[int] = []
    later: list[int] = []
    for listing, rendered, stands_there in _rendered(session, channel_id, rules, as_of, pushed):
        if not rendered.wanted or not (stands_there or not rendered.blocked):
            beside += [listing] if listing in pushed else []
            continue
        if rendered.listing is None or all(rendered.listing.stocks.values()):
            tried.append(listing)
        else:
            (beside if listing in pushed else later).append(listing)
        if len(tried) == number:
            break
    if tried:
        return Choice(tuple(tried), tuple(beside))
    return Choice(tuple([*beside, *later][:number]), tuple(beside[number:]))


def _rendered(
    session: Session, channel_id: int, rules: ChannelRules, as_of: datetime, pushed: frozenset[int]
) -> Iterator[tuple[int, Rendered, bool]]:
    """Each listing row of the channel as it should be shown, and whether it stands in the shop; in a trial's order."""
    rows = session.exec(
        select(ListingRow.id, ListingRow.product_id, ListingRow.external_id, ProductRow.code)
        .join(ProductRow, col(ListingRow.product_id) == ProductRow.id)
        .where(ListingRow.channel_id == channel_id)
    ).all()
    waiting = iter(sorted(rows, key=lambda row: (row[0] not in pushed, row[2] is None, row[3])))
    while part := list(islice(waiting, LOOK)):
        products = load(session, sorted(product for _, product, _, _ in part))
        for listing, product, external, _code in part:
            if listing is not None:
                yield listing, render(products[product], rules, as_of), external is not None


def _pushed(session: Session, channel_id: int) -> frozenset[int]:
    """The listings of the channel to which something was sent, whatever became of it."""
    rows = select(OutcomeRow.listing_id).where(
        OutcomeRow.channel_id == channel_id, col(OutcomeRow.result).not_in(("held", "blocked"))
    )
    return frozenset(session.exec(rows.distinct()))


def amiss(shop: Shop, lease: Lease, listing_ids: Sequence[int]) -> list[str]:
    """Read these listings back; the product codes of those that are not live, in step, and with our numbers."""
    read_back(shop, lease, listing_ids)
    with shop.database.read() as session:
        busy = set(session.exec(select(FacetRow.listing_id).where(col(FacetRow.listing_id).in_(listing_ids))))
        offers = session.exec(select(OfferRow).where(col(OfferRow.listing_id).in_(listing_ids))).all()
        wrong = busy | {offer.listing_id for offer in offers if not _is_right(offer)}
        rows = session.exec(
            select(ListingRow, ProductRow.code)
            .join(ProductRow, col(ListingRow.product_id) == ProductRow.id)
            .where(col(ListingRow.id).in_(listing_ids))
            .order_by(ProductRow.code)
        )
        return [code for listing, code in rows if listing.id in wrong or not _is_live(listing)]


def _is_live(row: ListingRow) -> bool:
    return row.created and not row.disturbed and row.state in SHOWN and row.visibility_observed is True


def _is_right(row: OfferRow) -> bool:
    """What was seen is what we want; an offer that the shop does not know yet is not."""
    return (
        row.external_id is not None
        and (row.price_observed, row.stock_observed) == (row.price_desired, row.stock_desired)
        and row.price_observed is not None
    )


# --- what is said of it -------------------------------------------------------------------------------------------


def waits_for(number: int, tried: Sequence[int], amiss: Sequence[str]) -> str:
    """Why a trial waits, as a kept text: the listings that it waits for, by product code."""
    if not tried:
        return kept("trial with {number}: no product of the catalogue can be listed here yet", number=number)
    rest = len(amiss) - NAMED_MOST
    codes = ", ".join([*amiss[:NAMED_MOST], *([f"+{rest}"] if rest > 0 else [])])
    return kept("trial with {number}: not yet as we want it: {codes}", number=number, codes=codes)


def went_on(number: int, stage: Stage) -> str:
    """That a trial went well, and what comes now, as a kept text."""
    if stage is Stage.active:
        return kept("trial with {number}: as we want it; the channel is active now", number=number)
    return kept("trial with {number}: as we want it; the next is with {next}", number=number, next=TRIED[stage])
