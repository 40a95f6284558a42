"""The ordered set of changes of one channel, and all that is not pushed with its reason. Pure.

Printing a plan and applying it use the same object, so a dry run cannot differ from the real one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from adapters.contract import Cause, Change, Facet
from syncer.listing.canonical import fingerprint
from syncer.listing.readiness import Blocked, Warned
from syncer.listing.render import Rendered
from syncer.sync.diff import diff, forced, key_of, rebased
from syncer.sync.guard import History, Hold, Thresholds, guard
from syncer.sync.view import FacetView, Key, ListingView, Standing
from syncer.texts import kept

NOT_ASKED = "not_asked"
"""A run for some facets, or for failures only, leaves this for the next."""

TRIED = "tried"
"""A forced run has pushed it already."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a run was asked for. `patient` = waits for our retry clocks (the daemon); a manual run does not.

    `failed` = only what failed, rejected changes included; `force` = also what is acknowledged; `facets` empty = all;
    `tried` = what this run has tried already: not again. `rises` = stock may go up (the orders were read);
    `stock` = it may be written at all (False when the shop's own numbers cannot be read either).
    """

    manual: bool = False
    patient: bool = True
    failed: bool = False
    force: bool = False
    facets: frozenset[Facet] = frozenset()
    tried: frozenset[tuple[int, Key]] = frozenset()
    rises: bool = True
    stock: bool = True


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that cannot be pushed yet, the standing that it waits in, and until when (None: not by itself)."""

    listing_id: int
    change: Change
    view: FacetView
    until: datetime | None


@dataclass(frozen=True, slots=True)
class BlockedListing:
    """What must change before a listing's facet can be pushed."""

    listing_id: int
    code: str
    block: Blocked


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be pushed on one channel, and what would not and why."""

    channel: str
    made_at: datetime
    changes: tuple[Change, ...] = ()
    holds: tuple[Hold, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    blocked: tuple[BlockedListing, ...] = ()
    listing_ids: Mapping[str, int] = field(default_factory=dict)
    """{product code: listing row} of every listing that was looked at."""
    declined: tuple[Change, ...] = ()
    """What a person rejected: not pushed, not held again."""
    withheld: tuple[Change, ...] = ()
    """What could put more pieces into the shop while its orders cannot be read."""
    renders: Mapping[str, Rendered] = field(default_factory=dict)

    @property
    def warnings(self) -> tuple[tuple[str, Warned], ...]:
        """What a person should know of the listings that were looked at, and nothing stops: (product code, what)."""
        return tuple((code, warned) for code, rendered in self.renders.items() for warned in rendered.warnings)


Pair = tuple[ListingView, Rendered]


def make_plan(
    channel: str, pairs: Sequence[Pair], history: History, limits: Thresholds, wish: Wish, now: datetime
) -> Plan:
    """Everything that separates the channel from what it should show, sorted into now, held, waiting and blocked."""
    withheld: list[Change] = []
    changes: list[Change] = []
    waiting: list[Waiting] = []
    blocked: list[BlockedListing] = []
    for view, rendered in pairs:
        ready, stopped = _unblocked(
            view, _wished(view, rendered, wish), (*rendered.blocked, *_in_doubt(view, rendered))
        )
        blocked += [BlockedListing(view.id, view.code, block) for block in (*stopped, *_removed(view, rendered))]
        for change in ready:
            if _withheld(change, wish):
                withheld.append(change)
                continue
            late = _must_wait(view, change, wish, now)
            if late is None:
                changes.append(change)
            else:
                waiting.append(late)
    # What was sent once was let pass then; a create that may have arrived is looked for, not sent.
    sent = {view.code for view, _ in pairs if view.lost or view.ids is not None}
    fresh = [c for c in changes if not (c.creates and c.code in sent)]
    verdict = guard(fresh, history, limits)
    passed = set(map(id, verdict.passed)) | {id(c) for c in changes if c.creates and c.code in sent}
    return Plan(
        channel=channel,
        made_at=now,
        changes=tuple(c for c in changes if id(c) in passed),
        holds=verdict.holds,
        declined=verdict.declined,
        withheld=tuple(withheld),
        waiting=tuple(waiting),
        blocked=tuple(blocked),
        listing_ids={view.code: view.id for view, _ in pairs},
        renders={rendered.code: rendered for _, rendered in pairs},
    )


def _in_doubt(view: ListingView, rendered: Rendered) -> list[Blocked]:
    """What an adoption left to a person is not created: it may stand in the shop already."""
    if view.doubt is None or view.created or not rendered.wanted:
        return []
    return [Blocked(Facet.structure, "", Cause.duplicate, "adoption_open", view.doubt)]


def _removed(view: ListingView, rendered: Rendered) -> list[Blocked]:
    """Variants of ours that somebody removed in the shop's app: a person's act, which only a person takes back."""
    if rendered.listing is None or not rendered.wanted or view.gone:
        return []
    text = kept("removed in the shop's app; it is not made again by itself")
    gone = [v.sku for v in rendered.listing.structure.variants if v.sku in view.offers and view.offers[v.sku].removed]
    return [Blocked(Facet.structure, sku, Cause.missing, "variant_removed", text) for sku in gone]


def _wished(view: ListingView, rendered: Rendered, wish: Wish) -> list[Change]:
    changes = diff(view, rendered, wish.manual)
    if not (wish.force and view.created):
        return changes
    # What differs keeps what it differs from: the guards look at that, and decisions are bound to it.
    differing = {key_of(change): change for change in changes}
    every = diff(forced(rebased(view, rendered)), rendered, wish.manual)
    return [differing.get(key_of(change), change) for change in every]


def _withheld(change: Change, wish: Wish) -> bool:
    """Whether `change` could put more pieces into the shop than it shows, while nobody knows what was sold."""
    if wish.rises:
        return False
    if change.facet is Facet.stock:
        return not wish.stock or change.before is None or int(str(change.to)) >= int(str(change.before))
    return change.facet is Facet.structure


def _unblocked(
    view: ListingView, changes: list[Change], blocks: Sequence[Blocked]
) -> tuple[list[Change], list[Blocked]]:
    """Take out what readiness forbids: any block stops a create, else only its own facet (and SKU)."""
    if not blocks:
        return changes, []
    if view.created and not changes:
        return [], [b for b in blocks if b.standing]
    if view.lost:
        return changes, []  # it may be on sale already: first it is looked for
    if not view.created:
        return [], list(blocks)
    stopped = {(b.facet, b.sku) for b in blocks}
    ready = [c for c in changes if key_of(c) not in stopped and (c.facet, "") not in stopped]
    return ready, list(blocks)


def _must_wait(view: ListingView, change: Change, wish: Wish, now: datetime) -> Waiting | None:
    standing = view.facets.get(key_of(change))
    if (view.id, key_of(change)) in wish.tried:
        return _left(view, change, now, TRIED) if standing is None else Waiting(view.id, change, standing, None)
    if wish.facets and change.facet not in wish.facets:
        return _left(view, change, now, NOT_ASKED) if standing is None else Waiting(view.id, change, standing, None)
    if standing is None:
        return _left(view, change, now, NOT_ASKED) if wish.failed else None
    if standing.standing is Standing.accepted:
        # At most one accepted write outstanding: an older one that is applied later would undo this one.
        return Waiting(view.id, change, standing, standing.not_before)
    if standing.not_before is not None and standing.not_before > now:
        return Waiting(view.id, change, standing, standing.not_before)
    if wish.failed or wish.force:
        return None
    if standing.standing is Standing.failed and standing.retry_at is None and _same(standing, change):
        return Waiting(view.id, change, standing, None)
    if wish.patient and standing.retry_at is not None and standing.retry_at > now:
        return Waiting(view.id, change, standing, standing.retry_at)
    return None


def _same(standing: FacetView, change: Change) -> bool:
    """Whether exactly this was refused already; of a create that is kept for correction, its words and pictures."""
    in_correction = change.creates and change.ids is not None
    return standing.wanted == fingerprint(change.to, words_only=in_correction)


def _left(view: ListingView, change: Change, now: datetime, why: str) -> Waiting:
    """A change without a failure that this run leaves alone: not asked for, or done already."""
    return Waiting(view.id, change, FacetView(Standing.deferred, None, why, "", "", 0, now), None)
