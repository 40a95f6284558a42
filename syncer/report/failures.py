"""What failed and what the marketplace reviews, gathered from the store; each failure once, under its first cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from adapters.contract import Cause
from syncer.report.causes import Advice, advice, advice_on
from syncer.report.values import Example, Failure, Review
from syncer.store.tables import ChannelRow, FacetRow, ListingRow, ProducerRow, ProductRow
from syncer.texts import told

EXAMPLES = 5

TROUBLE = frozenset({"failed", "blocked", "locked", "deferred"})
"""Standings that are failures: they did not go through, and have a cause."""

OPEN = frozenset({"begun", "accepted", "unknown"})
"""Standings under way: sent, and not yet known to have failed."""

WAITING = ("queued", "in_review")
GIVEN_BACK = ("needs_correction", "rejected", "banned")
GONE = "gone"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose listing it is."""

    channel: str
    marketplace: str
    code: str
    title: str
    producer: str


def first_troubles(facets: Sequence[FacetRow]) -> list[FacetRow]:
    """Of each listing and each of its SKUs that fails, what failed first: the cause under which it is counted."""
    first: dict[tuple[int, str], FacetRow] = {}
    for facet in sorted(facets, key=lambda f: (f.since, f.id or 0)):
        if facet.standing in TROUBLE:
            first.setdefault((facet.listing_id, facet.sku), facet)
    return list(first.values())


def subjects(session: Session) -> dict[int, Subject]:
    """{listing row: whose it is}, of every listing that fails."""
    failing = select(FacetRow.listing_id).where(col(FacetRow.standing).in_(TROUBLE))
    rows = session.exec(
        select(ListingRow.id, ChannelRow, ProductRow, ProducerRow.code)
        .join(ChannelRow, col(ListingRow.channel_id) == ChannelRow.id)
        .join(ProductRow, col(ListingRow.product_id) == ProductRow.id)
        .join(ProducerRow, col(ProductRow.producer_id) == ProducerRow.id)
        .where(col(ListingRow.id).in_(failing))
    )
    return {
        listing_id: Subject(channel.name, channel.marketplace, product.code, product.name, producer)
        for listing_id, channel, product, producer in rows
        if listing_id is not None
    }


def failures(troubles: Sequence[FacetRow], whose: Mapping[int, Subject]) -> tuple[Failure, ...]:
    """`troubles` by what is to be done about them: what waits for people first, then the largest."""
    groups: dict[str, list[FacetRow]] = {}
    told: dict[str, Advice] = {}
    for facet in troubles:
        said = _advice(facet, whose[facet.listing_id])
        told[said.id] = said
        groups.setdefault(said.id, []).append(facet)
    made = [_failure(told[key], rows, whose) for key, rows in groups.items()]
    return tuple(sorted(made, key=lambda f: (not f.advice.for_people, -f.count, f.oldest, f.advice.id)))


def reviews(session: Session, channel: ChannelRow, facets: Sequence[FacetRow]) -> Iterator[Review]:
    """Listings of a channel that the marketplace is looking at, gave back with a note, or shows no more."""
    rows = session.exec(
        select(ListingRow, ProductRow)
        .join(ProductRow, col(ListingRow.product_id) == ProductRow.id)
        .where(ListingRow.channel_id == channel.id)
        .order_by(ProductRow.code)
    )
    failing = _first_by_listing(first_troubles(facets))
    accepted = {facet.listing_id: facet.since for facet in facets if facet.standing == "accepted"}
    for listing, product in rows:
        number = listing.id or 0
        if listing.state in GIVEN_BACK or (listing.state == GONE and listing.visibility_desired):
            yield _given_back(channel, product, listing, failing.get(number))
        elif listing.state in WAITING or number in accepted:
            yield _waiting(channel, product, listing, accepted.get(number))


def _given_back(channel: ChannelRow, product: ProductRow, listing: ListingRow, failing: FacetRow | None) -> Review:
    note = "" if failing is None else told(failing.message) or failing.code
    note = note or listing.reason or ""
    state = listing.state or ""
    return Review(channel.name, product.code, product.name, state, listing.state_since, note,
                  advice_on(f"listing_{state}"), counted=failing is not None)  # fmt: skip


def _waiting(channel: ChannelRow, product: ProductRow, listing: ListingRow, accepted: datetime | None) -> Review:
    state, since = ("queued", accepted) if listing.state not in WAITING else (listing.state, listing.state_since)
    return Review(channel.name, product.code, product.name, state or "queued", since, "",
                  advice_on(f"listing_{state}"), counted=accepted is not None)  # fmt: skip


def _first_by_listing(troubles: Sequence[FacetRow]) -> dict[int, FacetRow]:
    """{listing: its first trouble}; what concerns the whole listing goes before a single SKU."""
    found: dict[int, FacetRow] = {}
    for facet in sorted(troubles, key=lambda f: (f.sku != "", f.since, f.id or 0)):
        found.setdefault(facet.listing_id, facet)
    return found


def _advice(facet: FacetRow, subject: Subject) -> Advice:
    return advice(Cause(facet.cause or Cause.unknown), facet.code, subject.marketplace, facet.message)


def _failure(said: Advice, rows: Sequence[FacetRow], whose: Mapping[int, Subject]) -> Failure:
    owners = [whose[row.listing_id] for row in rows]
    alike: dict[tuple[str, str], list[tuple[FacetRow, Subject]]] = {}
    for row, owner in zip(rows, owners, strict=True):
        # Readiness says the same of many products where one thing cures them all; a marketplace's words name nobody.
        said_of = row.message if row.standing == "blocked" else str(row.id)
        alike.setdefault((owner.channel, said_of), []).append((row, owner))
    return Failure(
        cause=Cause(rows[0].cause or Cause.unknown),
        advice=said,
        count=len(rows),
        channels=dict(sorted(Counter(owner.channel for owner in owners).items())),
        producers=len({owner.producer for owner in owners}),
        oldest=min(row.since for row in rows),
        examples=tuple(_example(*same[0], len(same) - 1) for same in list(alike.values())[:EXAMPLES]),
    )


def _example(row: FacetRow, owner: Subject, others: int) -> Example:
    said = told(row.message) or row.code
    return Example(owner.channel, owner.code, owner.title, row.sku, row.facet, said, row.since, others)
