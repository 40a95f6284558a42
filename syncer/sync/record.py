"""What became of each change, written down: acknowledged values, standings, retry clocks, and the run's outcomes.

Every function works inside the caller's write transaction, after the lease was checked there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from adapters.contract import (
    Accepted,
    Applied,
    Begun,
    Cause,
    Change,
    Content,
    Deferred,
    Facet,
    Ids,
    Listing,
    ListingState,
    Locked,
    Outcome,
    Price,
    Rejected,
    Structure,
    Unknown,
)
from syncer.catalogue.variants import forget
from syncer.listing.canonical import LISTING, STRUCTURE, fingerprint, shown, to_text
from syncer.listing.render import RENDERER
from syncer.store.tables import (
    FacetRow,
    HeldChangeRow,
    IntentRow,
    ListingRow,
    OfferRow,
    OutcomeRow,
)
from syncer.sync.diff import key_of
from syncer.sync.view import Standing

FIRST_RETRY_S = 60
LONGEST_RETRY_S = 6 * 3600
"""Our own clock: 1 minute, doubled with every failure, at most 6 hours."""

CURED_ELSEWHERE = frozenset({Cause.config, Cause.binding, Cause.review, Cause.missing_step, Cause.locked})
"""Cured by somebody else (category, brand, cap, permission, courier): tried again daily. Only what was rejected for
our own data waits for new data."""

LOCKED_RETRY = timedelta(hours=1)
TRY_MOST = timedelta(hours=24)
"""The longest that our own clock ever waits: a moment further away was written by a clock that was wrong."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an outcome belongs: the run, its channel and listing, and when it came."""

    run_id: int
    channel_id: int
    listing_id: int
    at: datetime
    sources: Mapping[Facet, str]


def record(session: Session, place: Place, change: Change, outcome: Outcome) -> None:
    """Write one outcome: what is now acknowledged or in the way, and the run's line about it."""
    match outcome:
        case Applied():
            _applied(session, place, change, outcome)
        case Begun():
            _begun(session, place, change, outcome)
        case Accepted():
            stand_accepted(session, place, change, outcome)
        case Rejected():
            _rejected(session, place, change, outcome)
        case Locked():
            until = outcome.until or place.at + LOCKED_RETRY
            _stand(session, place, change, Standing.locked, outcome.cause, outcome.code, outcome.text, retry_at=until)
        case Deferred():
            if change.creates and change.ids is None:
                _unsent(session, place.listing_id)
            _stand(
                session, place, change, Standing.deferred, outcome.cause, outcome.code, outcome.text,
                not_before=outcome.until,
            )  # fmt: skip
        case Unknown():
            _unknown(session, place, change, outcome)
    _write_down(session, place, change, outcome)


# --- the outcomes ----------------------------------------------------------------------------------------------------


def _applied(session: Session, place: Place, change: Change, outcome: Applied) -> None:
    listing = session.get_one(ListingRow, place.listing_id)
    if outcome.ids is not None:
        keep_ids(session, listing, outcome.ids)
    if change.creates:
        complete_create(session, listing, place.at)
    else:
        _acknowledge(session, place, listing, change)
    if outcome.disturbs:
        listing.disturbed, listing.due_at = True, place.at
    session.add(listing)
    clear(session, place.listing_id, change)
    use_approval(session, place, change)


def _begun(session: Session, place: Place, change: Change, outcome: Begun) -> None:
    if outcome.ids is not None:
        listing = session.get_one(ListingRow, place.listing_id)
        keep_ids(session, listing, outcome.ids)
        if change.creates:
            _intent_found(session, listing, outcome.ids)
    _stand(session, place, change, Standing.begun, not_before=outcome.not_before, next_step=outcome.next_step)


def stand_accepted(session: Session, place: Place, change: Change, outcome: Accepted) -> None:
    """In the marketplace's queue or review: its value is kept, to be acknowledged when the end is known."""
    queued = None
    if not change.creates:
        source = place.sources.get(change.facet)
        queued = json.dumps({"value": json.loads(to_text(change.to)), "source": source}, sort_keys=True)
    _stand(
        session, place, change, Standing.accepted, not_before=outcome.not_before, receipt=outcome.receipt,
        value_json=queued,
    )  # fmt: skip


def stand_unsure(session: Session, place: Place, change: Change, until: datetime) -> None:
    """A look cannot tell before `until` what became of a create: nothing is sent, nor looked for, until then."""
    sent = change.intent is not None and change.intent.sent_at is not None
    standing, cause = (Standing.unknown, Cause.unknown) if sent else (Standing.deferred, Cause.transient)
    text = "the shop does not show yet what became of it"
    _stand(session, place, change, standing, cause, "not_shown_yet", text, not_before=until)


def _rejected(session: Session, place: Place, change: Change, outcome: Rejected) -> None:
    if outcome.ids is not None and change.creates:
        _kept_for_correction(session, place, outcome.ids)
    elif change.creates and change.ids is None and outcome.cause is not Cause.duplicate:
        close_intent(session, place.listing_id, f"rejected: {outcome.code}", place.at)
    if outcome.cause is Cause.missing and not change.creates:
        listing = session.get_one(ListingRow, place.listing_id)
        listing.disturbed, listing.due_at = True, place.at
        session.add(listing)
    # What is kept for correction waits for other data, whatever its cause.
    retry = None if outcome.ids else retry_after(outcome.cause, _attempts(session, place, change) + 1)
    _stand(
        session, place, change, Standing.failed, outcome.cause, outcome.code, outcome.text,
        retry_at=None if retry is None else place.at + retry, next_step=outcome.next_step,
        in_correction=outcome.ids is not None,
    )  # fmt: skip


def _kept_for_correction(session: Session, place: Place, ids: Ids) -> None:
    """The shop keeps the refused listing: the next create of this product corrects that one, under its id."""
    listing = session.get_one(ListingRow, place.listing_id)
    keep_ids(session, listing, ids)
    listing.state, listing.state_since = ListingState.needs_correction.value, place.at
    session.add(listing)
    close_intent(session, place.listing_id, "needs correction", place.at)


def _unknown(session: Session, place: Place, change: Change, outcome: Unknown) -> None:
    if not change.creates:
        listing = session.get_one(ListingRow, place.listing_id)
        listing.disturbed = True
        session.add(listing)
    _stand(
        session, place, change, Standing.unknown, Cause.unknown, outcome.code, outcome.text,
        not_before=outcome.settles_at,
    )  # fmt: skip


def retry_after(cause: Cause, attempts: int) -> timedelta | None:
    """When to try again by ourselves; None = not before new data or a person."""
    if cause in (Cause.rejected, Cause.missing, Cause.duplicate):
        return None
    if cause in CURED_ELSEWHERE:
        return timedelta(days=1)
    return timedelta(seconds=min(LONGEST_RETRY_S, FIRST_RETRY_S * 2 ** min(attempts - 1, 12)))


# --- acknowledged values ---------------------------------------------------------------------------------------------


def keep_ids(session: Session, listing: ListingRow, ids: Ids) -> None:
    """Store the marketplace's names as soon as they exist."""
    listing.external_id = ids.listing
    for offer in _offers(session, listing):
        external = ids.offers.get(offer.sku)
        if external is not None:
            offer.external_id, offer.external_sku = external, offer.sku
            session.add(offer)


def complete_create(session: Session, listing: ListingRow, at: datetime) -> None:
    """The last step of a create is done: the shop shows what its intent said."""
    intent = session.exec(_open_intent(listing.id)).one()
    wanted = LISTING.validate_json(intent.wanted_json)
    listing.created, listing.renderer, listing.source_json = True, intent.renderer, intent.sources_json
    listing.content_acknowledged = to_text(wanted.content)
    listing.structure_acknowledged = to_text(wanted.structure)
    # What a marketplace made of a create is read back: its echo is not to be trusted (facts, section 3.2).
    listing.visibility_acknowledged, listing.disturbed, listing.due_at = wanted.visible, True, at
    for offer in _offers(session, listing):
        if offer.external_id is not None and offer.sku in wanted.prices:
            _acknowledge_numbers(offer, wanted.prices[offer.sku].list, wanted.stocks[offer.sku], at)
            session.add(offer)
    close_intent(session, listing.id or 0, "created", at)


def _acknowledge(session: Session, place: Place, listing: ListingRow, change: Change) -> None:
    match change.to:
        case bool():
            listing.visibility_acknowledged = change.to
        case Content():
            listing.content_acknowledged = to_text(change.to)
            _sourced(listing, place, Facet.content)
        case Structure():
            _forget_removed(session, listing, change.to)
            listing.structure_acknowledged = to_text(change.to)
            _sourced(listing, place, Facet.structure)
            _new_variants(session, place, listing, change)
        case Price() | int():
            _acknowledge_offer(session, place, change)
        case Listing():
            raise TypeError("a create is completed, not acknowledged by facet")


def _forget_removed(session: Session, listing: ListingRow, to: Structure) -> None:
    """A variant that the approved write left out stands in the shop no more."""
    known = STRUCTURE.validate_json(listing.structure_acknowledged) if listing.structure_acknowledged else to
    left = {variant.sku for variant in known.variants} - {variant.sku for variant in to.variants}
    for offer in _offers(session, listing):
        if offer.sku in left and offer.removed_at is None:
            forget(offer)
            session.add(offer)


def _sourced(listing: ListingRow, place: Place, facet: Facet) -> None:
    sources = json.loads(listing.source_json)
    if facet in place.sources:
        sources[facet.value] = place.sources[facet]
    listing.source_json, listing.renderer = json.dumps(sources, sort_keys=True), RENDERER


def _new_variants(session: Session, place: Place, listing: ListingRow, change: Change) -> None:
    """A new variant came to the shop with its price and stock."""
    if change.listing is None:
        return
    for offer in _offers(session, listing):
        fresh = offer.external_id is not None and offer.stock_acknowledged_at is None
        if fresh and offer.sku in change.listing.prices:
            price, stock = change.listing.prices[offer.sku].list, change.listing.stocks[offer.sku]
            _acknowledge_numbers(offer, price, stock, place.at)
            session.add(offer)


def _acknowledge_offer(session: Session, place: Place, change: Change) -> None:
    offer = session.exec(
        select(OfferRow).where(OfferRow.channel_id == place.channel_id, OfferRow.sku == change.sku)
    ).one()
    if isinstance(change.to, Price):
        offer.price_acknowledged, offer.price_acknowledged_at = change.to.list, place.at
    else:
        offer.stock_acknowledged, offer.stock_acknowledged_at = int(str(change.to)), place.at
    session.add(offer)


def _acknowledge_numbers(offer: OfferRow, price: int, stock: int, at: datetime) -> None:
    offer.price_acknowledged, offer.price_acknowledged_at = price, at
    offer.stock_acknowledged, offer.stock_acknowledged_at = stock, at


def _offers(session: Session, listing: ListingRow) -> Iterable[OfferRow]:
    return session.exec(select(OfferRow).where(OfferRow.listing_id == listing.id)).all()


# --- intents ---------------------------------------------------------------------------------------------------------


def _open_intent(listing_id: int | None) -> SelectOfScalar[IntentRow]:
    return select(IntentRow).where(IntentRow.listing_id == listing_id, col(IntentRow.closed_at).is_(None))


def _intent_found(session: Session, listing: ListingRow, ids: Ids) -> None:
    intent = session.exec(_open_intent(listing.id)).one()
    intent.external_id = ids.listing
    session.add(intent)


def close_intent(session: Session, listing_id: int, result: str, at: datetime) -> bool:
    """The create has ended, well or not; a later attempt writes a new intent. False: none was open."""
    intent = session.exec(_open_intent(listing_id)).one_or_none()
    if intent is None:
        return False
    intent.closed_at, intent.result = at, result
    session.add(intent)
    return True


def _unsent(session: Session, listing_id: int) -> None:
    """The creating call surely did not arrive: the next one is a first one again."""
    for intent in session.exec(_open_intent(listing_id)):
        intent.sent_at = None
        session.add(intent)


# --- standings -------------------------------------------------------------------------------------------------------


def _stand(
    session: Session, place: Place, change: Change, standing: Standing, cause: Cause | None = None, code: str = "",
    text: str = "", retry_at: datetime | None = None, not_before: datetime | None = None,
    next_step: str | None = None, receipt: str | None = None, value_json: str | None = None,
    in_correction: bool = False,
) -> None:  # fmt: skip
    facet, sku = key_of(change)
    row = _facet_row(session, place, change) or FacetRow(
        channel_id=place.channel_id, listing_id=place.listing_id, sku=sku, facet=facet.value, standing="", message="",
        since=place.at,
    )  # fmt: skip
    troubled = standing not in (Standing.begun, Standing.accepted)
    row.attempts = row.attempts + 1 if troubled else 0
    if row.standing != standing.value:
        row.since = place.at
    row.standing, row.cause, row.code, row.message = standing.value, cause.value if cause else None, code, text
    row.wanted = fingerprint(change.to, words_only=in_correction)
    again = retry_at or not_before
    row.retry_at = None if again is None else min(again, place.at + TRY_MOST)
    row.not_before, row.receipt, row.value_json = not_before, receipt, value_json
    ended = change.facet is Facet.content and standing in (Standing.failed, Standing.locked)
    # Which fields were refused is forgotten at the end: the next attempt asks for all of them again (DESIGN 5).
    row.next_step = next_step if ended else next_step or row.next_step
    session.add(row)


def _attempts(session: Session, place: Place, change: Change) -> int:
    row = _facet_row(session, place, change)
    return 0 if row is None else row.attempts


def _facet_row(session: Session, place: Place, change: Change) -> FacetRow | None:
    facet, sku = key_of(change)
    return session.exec(
        select(FacetRow).where(
            FacetRow.listing_id == place.listing_id, FacetRow.facet == facet.value, FacetRow.sku == sku
        )
    ).first()


def clear(session: Session, listing_id: int, change: Change) -> None:
    """Nothing stands in the way of this facet any more."""
    facet, sku = key_of(change)
    session.exec(
        delete(FacetRow).where(
            col(FacetRow.listing_id) == listing_id, col(FacetRow.facet) == facet.value, col(FacetRow.sku) == sku
        )
    )


def use_approval(session: Session, place: Place, change: Change) -> None:
    """An approval passes once."""
    facet, sku = key_of(change)
    rows = session.exec(
        select(HeldChangeRow).where(
            HeldChangeRow.listing_id == place.listing_id, HeldChangeRow.sku == sku, HeldChangeRow.facet == facet.value,
            HeldChangeRow.after == shown(change.to), col(HeldChangeRow.used_at).is_(None),
        )
    )  # fmt: skip
    for row in rows:
        row.used_at = place.at
        session.add(row)


# --- the run's lines -------------------------------------------------------------------------------------------------


def _write_down(session: Session, place: Place, change: Change, outcome: Outcome) -> None:
    facet, sku = key_of(change)
    cause = getattr(outcome, "cause", None)
    session.add(
        OutcomeRow(
            run_id=place.run_id,
            channel_id=place.channel_id,
            listing_id=place.listing_id,
            sku=sku,
            facet=facet.value,
            creates=change.creates,
            result=type(outcome).__name__.lower(),
            cause=cause.value if cause is not None else (Cause.unknown.value if isinstance(outcome, Unknown) else None),
            code=getattr(outcome, "code", ""),
            message="; ".join(outcome.warnings) if isinstance(outcome, Applied) else getattr(outcome, "text", ""),
            before=shown(change.before),
            after=shown(change.to),
            at=place.at,
        )
    )
