"""What a plan says, written down: desired values, what is blocked and held, and what has been cured.

A listing without anything left to push is due again only at the instant at which its render changes by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from adapters.contract import Cause, Change, Facet, Listing
from syncer.listing.canonical import fingerprint, shown, to_text
from syncer.listing.render import RENDERER, Rendered
from syncer.store.tables import FacetRow, HeldChangeRow, HoldRow, ListingRow, OfferRow, OutcomeRow
from syncer.sync.diff import key_of
from syncer.sync.guard import Hold
from syncer.sync.plan import NOT_ASKED, Plan
from syncer.sync.record import close_intent
from syncer.sync.state import batches
from syncer.sync.view import Key, Standing
from syncer.texts import kept

UNREAD_ORDERS = "orders_unread"
ORDERS_RETRY = timedelta(seconds=60)

Bound = tuple[int, str, str, str | None, str | None]
"""What an approval binds to, as stored: listing row, SKU or '', facet, from, to."""

Stop = tuple[int, Key]
"""A listing row and the facet of it that something stops."""


def note(session: Session, channel_id: int, run_id: int, plan: Plan) -> None:
    """Write `plan` down, inside the caller's write transaction."""
    stops: dict[Stop, FacetRow] = {}
    _stop_blocked(stops, channel_id, plan)
    _stop_held(session, stops, channel_id, run_id, plan)
    _stop_withheld(stops, channel_id, plan)
    open_changes = {_stop(plan, change) for change in plan.changes}
    waiting = {(w.listing_id, key_of(w.change)) for w in plan.waiting}
    _replace_stops(session, run_id, plan, stops, open_changes | waiting)
    busy = {listing_id for listing_id, _ in open_changes}
    busy |= {w.listing_id for w in plan.waiting if w.view.code == NOT_ASKED}
    codes = {listing_id: code for code, listing_id in plan.listing_ids.items()}
    for part in batches(sorted(codes)):
        _want(session, part, plan.renders, busy, codes)


def _stop(plan: Plan, change: Change) -> Stop:
    return plan.listing_ids[change.code], key_of(change)


# --- desired values --------------------------------------------------------------------------------------------------


def _want(
    session: Session, listing_ids: Sequence[int], renders: Mapping[str, Rendered], busy: set[int],
    codes: Mapping[int, str],
) -> None:  # fmt: skip
    """What these listings should show; read and written by the batch, not one by one."""
    offers: dict[int, list[OfferRow]] = {listing_id: [] for listing_id in listing_ids}
    for offer in session.exec(select(OfferRow).where(col(OfferRow.listing_id).in_(listing_ids))):
        offers[offer.listing_id].append(offer)
    for row in session.exec(select(ListingRow).where(col(ListingRow.id).in_(listing_ids))).all():
        listing_id = row.id or 0
        rendered = renders[codes[listing_id]]
        if listing_id not in busy:
            row.due_at = rendered.until
        row.warnings_json = _warnings(rendered)
        if rendered.listing is not None:
            _desire(session, row, offers[listing_id], rendered.listing, rendered)
        session.add(row)


def _warnings(rendered: Rendered) -> str | None:
    return json.dumps([asdict(warned) for warned in rendered.warnings], sort_keys=True) if rendered.warnings else None


def _desire(
    session: Session, row: ListingRow, offers: Sequence[OfferRow], listing: Listing, rendered: Rendered
) -> None:
    row.content_desired, row.structure_desired = to_text(listing.content), to_text(listing.structure)
    row.visibility_desired = listing.visible
    if row.created and row.renderer != RENDERER:
        _rebase(row, listing, rendered)
    for offer in offers:
        price = listing.prices.get(offer.sku)
        if price is not None and (offer.price_desired, offer.stock_desired) != (price.list, listing.stocks[offer.sku]):
            offer.price_desired, offer.stock_desired = price.list, listing.stocks[offer.sku]
            session.add(offer)


def _rebase(row: ListingRow, listing: Listing, rendered: Rendered) -> None:
    """A new renderer's name for what was acknowledged from the same sources (see `diff.rebased`)."""
    known = json.loads(row.source_json)
    sources = rendered.sources or {}
    if known.get(Facet.content.value) == sources.get(Facet.content):
        row.content_acknowledged = to_text(listing.content)
    if known.get(Facet.structure.value) == sources.get(Facet.structure):
        row.structure_acknowledged = to_text(listing.structure)
    row.renderer = RENDERER


# --- what stops a facet ----------------------------------------------------------------------------------------------


def _stop_blocked(stops: dict[Stop, FacetRow], channel_id: int, plan: Plan) -> None:
    for blocked in plan.blocked:
        block = blocked.block
        key = (blocked.listing_id, (block.facet, block.sku))
        if key not in stops:  # counted once, under its first cause
            stops[key] = _row(
                channel_id, key, Standing.blocked, block.cause, block.code, block.message, "", plan.made_at
            )


def _stop_held(session: Session, stops: dict[Stop, FacetRow], channel_id: int, run_id: int, plan: Plan) -> None:
    _forget_old_holds(session, channel_id, plan)
    for hold in plan.holds:
        row = _hold_row(session, channel_id, run_id, plan, hold)
        for change in hold.changes:
            key = _stop(plan, change)
            message = kept(
                "{why}; see `syncer held`, let it pass with `syncer held approve {number}`",
                why=row.message, number=_stored_id(row),
            )  # fmt: skip
            stops[key] = _row(
                channel_id, key, Standing.held, Cause.locked, hold.rule, message, fingerprint(change.to), plan.made_at
            )
    for change in plan.declined:
        key = _stop(plan, change)
        stops[key] = _row(
            channel_id, key, Standing.held, Cause.locked, "declined",
            kept("a person rejected this change; another value may be tried"), fingerprint(change.to), plan.made_at,
        )  # fmt: skip


def _stop_withheld(stops: dict[Stop, FacetRow], channel_id: int, plan: Plan) -> None:
    for change in plan.withheld:
        key = _stop(plan, change)
        row = _row(
            channel_id, key, Standing.deferred, Cause.transient, UNREAD_ORDERS,
            kept("the shop's orders cannot be read: stock may go down, never up; it is tried again by itself"),
            fingerprint(change.to), plan.made_at,
        )  # fmt: skip
        row.retry_at = plan.made_at + ORDERS_RETRY
        stops[key] = row


def _row(
    channel_id: int, stop: Stop, standing: Standing, cause: Cause, code: str, message: str, wanted: str, at: datetime
) -> FacetRow:
    listing_id, (facet, sku) = stop
    return FacetRow(
        channel_id=channel_id, listing_id=listing_id, sku=sku, facet=facet.value, standing=standing.value,
        cause=cause.value, code=code, message=message, wanted=wanted, since=at,
    )  # fmt: skip


def _replace_stops(
    session: Session, run_id: int, plan: Plan, stops: dict[Stop, FacetRow], open_keys: set[Stop]
) -> None:
    """Keep what still stands, write what is new, and take away what has been cured."""
    for part in batches(sorted(plan.listing_ids.values())):
        for row in session.exec(select(FacetRow).where(col(FacetRow.listing_id).in_(part))):
            key: Stop = (row.listing_id, (Facet(row.facet), row.sku))
            fresh = stops.pop(key, None)
            if row.standing == Standing.accepted.value:
                continue  # in the marketplace's hands, whatever is wanted by now: only its own answer ends that
            if fresh is not None:
                _update(row, fresh)
                session.add(row)
            elif key not in open_keys:
                if row.standing == Standing.unknown.value and not _given_up(session, row, plan.made_at):
                    session.add(_cured(run_id, row, plan.made_at))
                session.delete(row)
    session.add_all(stops.values())


def _given_up(session: Session, row: FacetRow, at: datetime) -> bool:
    """Whether `row` is about a create that never arrived and is not wanted any more: its intent ends with it."""
    return row.facet == Facet.structure.value and close_intent(session, row.listing_id, "given up", at)


def _update(row: FacetRow, fresh: FacetRow) -> None:
    if (row.standing, row.code) != (fresh.standing, fresh.code):
        row.since = fresh.since
    row.standing, row.cause, row.code, row.message = fresh.standing, fresh.cause, fresh.code, fresh.message
    row.wanted, row.retry_at, row.not_before = fresh.wanted, fresh.retry_at, None


def _cured(run_id: int, row: FacetRow, at: datetime) -> OutcomeRow:
    """A write of unknown fate that turned out, on reading back, to have arrived."""
    return OutcomeRow(
        run_id=run_id, channel_id=row.channel_id, listing_id=row.listing_id, sku=row.sku, facet=row.facet,
        result="applied", code="read_back", message=kept("the answer was lost; the shop was read and shows it"), at=at,
    )  # fmt: skip


# --- holds -----------------------------------------------------------------------------------------------------------


def _hold_row(session: Session, channel_id: int, run_id: int, plan: Plan, hold: Hold) -> HoldRow:
    """The hold's row: the open one that stops exactly these changes, else a new one."""
    wanted = {_binding(plan, change) for change in hold.changes}
    for row in session.exec(
        select(HoldRow).where(
            HoldRow.channel_id == channel_id, HoldRow.rule == hold.rule, col(HoldRow.decision).is_(None)
        )
    ):
        if _bindings(session, row) == wanted:
            return row
    row = HoldRow(channel_id=channel_id, run_id=run_id, rule=hold.rule, message=hold.message, created_at=plan.made_at)
    session.add(row)
    session.flush()
    hold_id = _stored_id(row)
    for listing_id, sku, facet, before, after in sorted(wanted, key=str):
        session.add(
            HeldChangeRow(
                hold_id=hold_id, channel_id=channel_id, listing_id=listing_id, sku=sku, facet=facet, before=before,
                after=after,
            )
        )  # fmt: skip
    return row


def _stored_id(row: HoldRow) -> int:
    if row.id is None:
        raise LookupError("the database gave the hold no number")
    return row.id


def _bindings(session: Session, row: HoldRow) -> set[Bound]:
    held = session.exec(select(HeldChangeRow).where(HeldChangeRow.hold_id == row.id))
    return {(h.listing_id, h.sku, h.facet, h.before, h.after) for h in held}


def _forget_old_holds(session: Session, channel_id: int, plan: Plan) -> None:
    """A waiting hold whose changes are no longer wanted like that is superseded: nothing that changed is approved."""
    wanted = {_binding(plan, change) for hold in plan.holds for change in hold.changes}
    looked_at = set(plan.listing_ids.values())
    for row in session.exec(select(HoldRow).where(HoldRow.channel_id == channel_id, col(HoldRow.decision).is_(None))):
        bindings = _bindings(session, row)
        if any(b[0] in looked_at for b in bindings) and not _still(bindings, wanted, looked_at):
            row.decision, row.decided_at = "superseded", plan.made_at
            session.add(row)


def _binding(plan: Plan, change: Change) -> Bound:
    return plan.listing_ids[change.code], change.sku or "", change.facet.value, shown(change.before), shown(change.to)


def _still(bindings: Iterable[Bound], wanted: set[Bound], looked_at: set[int]) -> bool:
    return all(b in wanted for b in bindings if b[0] in looked_at)
