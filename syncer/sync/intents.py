"""Creates: the record before the call, and the look before the create.

A create is sent only when its intent is committed and a look found nothing. When an answer was lost, the truth is
looked up after the marketplace's `settle_s`, twice, before a second create; what is found is ours only if it was
created after the intent was sent. Anything else is somebody's listing, and a person decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlmodel import Session, col, select

from adapters.contract import (
    Absent,
    Accepted,
    Call,
    Cause,
    Change,
    Effect,
    Facet,
    Found,
    Listing,
    ListingState,
    NotYet,
    Observed,
    Rejected,
    Unknown,
)
from syncer.channels.shop import Shop
from syncer.listing.canonical import to_text
from syncer.listing.render import RENDERER, Rendered
from syncer.store.tables import FacetRow, IntentRow, ListingRow
from syncer.sync.lease import Lease
from syncer.sync.record import Place, close_intent, complete_create, keep_ids, record, stand_unsure
from syncer.sync.state import views
from syncer.sync.view import EMPTY_LOOKS, IntentView, ListingView, Standing
from syncer.texts import kept

LOOK_HOLDS = timedelta(minutes=5)
"""How long an empty look before the first sending is good for."""

SKEW = timedelta(seconds=5)
"""The marketplace's clock may stand this much behind ours when it dates a listing."""

SHOWN = frozenset({ListingState.live, ListingState.live_oos, ListingState.in_review, ListingState.queued})
"""States in which a listing is, or is about to be, where buyers look."""

PAST = frozenset({ListingState.rejected, ListingState.gone})
"""States of what is no listing any more: it stands in nobody's way."""


def open_intents(
    session: Session, lease: Lease, changes: Sequence[Change], listing_ids: Mapping[str, int],
    renders: Mapping[str, Rendered], now: datetime,
) -> None:  # fmt: skip
    """Write the intent of every create that has none yet, the correction of a refused one included."""
    lease.check(session)
    for change in changes:
        if not (change.creates and change.intent is None and isinstance(change.to, Listing)):
            continue
        wanted, rendered = change.to, renders[change.code]
        session.add(
            IntentRow(
                uuid=str(uuid4()),
                channel_id=lease.channel_id,
                listing_id=listing_ids[change.code],
                fence=lease.fence,
                code=wanted.code,
                title=wanted.content.title,
                skus_json=json.dumps([v.sku for v in wanted.structure.variants]),
                wanted_json=to_text(wanted),
                sources_json=json.dumps({f.value: s for f, s in (rendered.sources or {}).items()}, sort_keys=True),
                renderer=RENDERER,
                created_at=now,
            )
        )


def mark_sent(session: Session, lease: Lease, call: Call, listing_ids: Mapping[str, int], now: datetime) -> None:
    """Before the creating call: from now on the listing may exist."""
    for change in call.changes:
        if not (change.creates and change.ids is None and call.effect is Effect.write):
            continue
        intent = session.exec(
            select(IntentRow).where(
                IntentRow.listing_id == listing_ids[change.code], col(IntentRow.closed_at).is_(None)
            )
        ).one()
        intent.sent_at, intent.body, intent.fence, intent.empty_looks = now, call.body, lease.fence, 0
        session.add(intent)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look came to: whether there was one, and the listings whose create it ended with a conflict."""

    learnt: bool = False
    refused: frozenset[int] = frozenset()


def look(shop: Shop, lease: Lease, run_id: int, listing_ids: Sequence[int]) -> Looked:
    """Look for every create that has no id yet and needs a look now; store what was found.

    Raises:
        MarketplaceError: the look failed; nothing was concluded.
    """
    now = shop.clock.now()
    with shop.database.read() as session:
        known = [view for view in views(session, listing_ids).values() if _needs_look(shop, view, now)]
    if not known:
        return Looked()
    found = shop.adapter.find([view.intent.intent for view in known if view.intent is not None])
    with shop.database.write() as session:
        lease.check(session)
        pairs = zip(known, found, strict=True)
        refused = {view.id for view, answer in pairs if not _conclude(session, shop, run_id, view, answer, now)}
    return Looked(True, frozenset(refused))


def take_over(session: Session, shop: Shop, run_id: int, now: datetime) -> None:
    """Creates that a killed run had sent, and of which nothing else is written down: their fate is unknown from now on.

    Without this nobody would wait for their look, and no report would name them.
    """
    known = select(FacetRow.listing_id).where(FacetRow.channel_id == shop.id, FacetRow.facet == Facet.structure.value)
    sent = select(IntentRow.listing_id).where(
        IntentRow.channel_id == shop.id, col(IntentRow.closed_at).is_(None), col(IntentRow.sent_at).is_not(None),
        col(IntentRow.listing_id).not_in(known),
    )  # fmt: skip
    for view in views(session, sorted(session.exec(sent))).values():
        due = look_due(shop, view)
        if due is None or view.intent is None:
            continue
        change = Change(Facet.structure, view.code, None, None, view.intent.wanted, intent=view.intent.intent)
        text = kept("the process ended while it was on its way")
        record(session, Place(run_id, shop.id, view.id, now, {}), change, Unknown(due, "killed", text))


def may_send(view: ListingView, now: datetime) -> bool:
    """Whether the create of `view` may be sent (or go on) now."""
    intent = view.intent
    if view.external_id is not None:
        return True
    if intent is None:
        return False
    if intent.intent.sent_at is None:
        return intent.looked_at is not None and now - intent.looked_at <= LOOK_HOLDS
    return intent.empty_looks >= EMPTY_LOOKS


def look_due(shop: Shop, view: ListingView) -> datetime | None:
    """When the next look for a create of unknown fate is due; None when there is nothing to look for."""
    intent = view.intent
    if intent is None or view.external_id is not None or intent.intent.sent_at is None or _accepted(view):
        return None
    if intent.empty_looks >= EMPTY_LOOKS:
        return None
    settled = intent.intent.sent_at + timedelta(seconds=shop.adapter.limits.settle_s)
    if intent.empty_looks == 0 or intent.looked_at is None:
        return settled
    return max(settled, intent.looked_at + timedelta(seconds=shop.adapter.limits.settle_s / 10))


def _accepted(view: ListingView) -> bool:
    """Whether the create lies in the marketplace's queue or review: it is asked about there, not looked for."""
    standing = view.facets.get((Facet.structure, ""))
    return standing is not None and standing.standing is Standing.accepted


def _needs_look(shop: Shop, view: ListingView, now: datetime) -> bool:
    if view.intent is None or view.external_id is not None or _accepted(view):
        return False
    if view.intent.intent.sent_at is None:
        return not may_send(view, now)
    due = look_due(shop, view)
    return due is not None and due <= now


def _conclude(
    session: Session, shop: Shop, run_id: int, view: ListingView, answer: Found | Absent | NotYet, now: datetime
) -> bool:
    """Store what a look found; False where it ended the create."""
    intent = view.intent
    if intent is None:
        return True
    row = session.exec(select(IntentRow).where(IntentRow.uuid == intent.intent.uuid)).one()
    match answer:
        case NotYet(until):
            create = Change(Facet.structure, view.code, None, None, intent.wanted, intent=intent.intent)
            stand_unsure(session, Place(run_id, shop.id, view.id, now, {}), create, until)
        case Absent():
            row.looked_at = now
            row.empty_looks += 1
            session.add(row)
        case Found():
            free = _unclaimed(session, shop, view, answer.listings)
            ours = [seen for seen in free if _is_ours(seen, intent)]
            strangers = [seen for seen in free if seen.state not in PAST]
            if ours:
                _take(session, Place(run_id, shop.id, view.id, now, {}), view, ours[0])
            elif strangers:
                _conflict(session, shop, run_id, view, strangers, now)
                return False
            else:
                row.looked_at, row.empty_looks = now, row.empty_looks + 1
                session.add(row)
    return True


def _unclaimed(session: Session, shop: Shop, view: ListingView, listings: Sequence[Observed]) -> list[Observed]:
    """Those that are no other product's of ours: two producers may give their goods one name."""
    claimed = select(ListingRow.external_id).where(
        ListingRow.channel_id == shop.id,
        ListingRow.id != view.id,
        col(ListingRow.external_id).in_([seen.external_id for seen in listings]),
    )
    others = set(session.exec(claimed))
    return [seen for seen in listings if seen.external_id not in others]


def _is_ours(seen: Observed, intent: IntentView) -> bool:
    """Made since the create was sent, and not by another's names: a title alone may be anybody's (promise 9)."""
    sent = intent.intent.sent_at
    since = sent is not None and seen.created_at is not None and seen.created_at >= sent - SKEW
    ours = {name.casefold() for name in (intent.intent.code, *intent.intent.skus)}
    named = {name.casefold() for name in (seen.code, *(offer.sku for offer in seen.offers)) if name}
    return since and (not named or bool(named & ours))


def _take(session: Session, place: Place, view: ListingView, seen: Observed) -> None:
    """The create whose answer was lost did arrive: take its ids, or its receipt, and go on from there."""
    wanted = view.intent.wanted if view.intent is not None else 0
    change = Change(Facet.structure, view.code, None, None, wanted, view.ids)
    if seen.receipt is not None:
        record(session, place, change, Accepted(seen.receipt, place.at))
    elif seen.state is ListingState.rejected:
        text = kept(
            "{product}: the marketplace refused the listing '{title}' and gave no reason",
            product=view.code, title=seen.title,
        )  # fmt: skip
        record(session, place, change, Rejected(Cause.rejected, "rejected", text))
    else:
        _adopt_own(session, view, seen, place.at)


def _adopt_own(session: Session, view: ListingView, seen: Observed, now: datetime) -> None:
    """The create is a listing by now: its ids are ours, and what is missing is built on."""
    listing = session.get_one(ListingRow, view.id)
    keep_ids(session, listing, seen.ids())
    row = session.exec(
        select(IntentRow).where(IntentRow.listing_id == view.id, col(IntentRow.closed_at).is_(None))
    ).one()
    row.external_id = seen.external_id
    session.add(row)
    settle_found(session, listing, view, seen, now)


def settle_found(session: Session, listing: ListingRow, view: ListingView, seen: Observed, now: datetime) -> bool:
    """If every variant is in the shop, the create is done; what differs still is an ordinary difference.

    What a look shows need not be what we wanted (a lost relist): visibility is taken as seen.
    """
    if view.intent is None:
        return False
    wanted = {v.sku for v in view.intent.wanted.structure.variants}
    session.add(listing)
    if not wanted <= {offer.sku for offer in seen.offers}:
        listing.disturbed, listing.due_at = False, now
        return False
    complete_create(session, listing, now)
    listing.visibility_acknowledged = seen.state in SHOWN
    return True


def _conflict(
    session: Session, shop: Shop, run_id: int, view: ListingView, listings: Sequence[Observed], now: datetime
) -> None:
    """Somebody's listing answers to our product: hands off, and a person decides (promise 9)."""
    first = listings[0]
    text = kept(
        "{product}: already in the shop as {id} ('{title}'); it was left alone; give our product another code, or take "
        "that listing out of {channel} in the shop's app",
        product=view.code, id=first.external_id, title=first.title, channel=shop.name,
    )  # fmt: skip
    change = Change(Facet.structure, view.code, None, None, view.intent.wanted if view.intent else 0)
    place = Place(run_id, shop.id, view.id, now, {})
    record(session, place, change, Rejected(Cause.duplicate, "already_in_shop", text))
    close_intent(session, view.id, "conflict", now)
