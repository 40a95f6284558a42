"""What would hurt waits for a person (promise 3). Pure.

A guard looks at changes after the diff and before any call. It either lets a change pass or holds it; a hold has the
numbers that tripped it. An approval binds to exactly (product, SKU, facet, from, to) and to nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.contract import Change, Facet, Listing, Price, Structure
from syncer.listing.canonical import shown
from syncer.texts import kept, rupiah

if TYPE_CHECKING:
    from syncer.settings import GuardSettings

Binding = tuple[str, str, Facet, str | None, str | None]
"""What an approval binds to: product code, SKU or '', facet, from, to (as shown)."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers of the guards, from the config. Shares are per cent of the channel's offers."""

    factor: int = 5
    stock_factor: int = 10
    stock_least: int = 20
    share_from: int = 20
    shares: Mapping[Facet, int] = field(
        default_factory=lambda: {Facet.price: 50, Facet.stock: 90, Facet.content: 50, Facet.structure: 50}
    )
    take_downs: int = 20

    @classmethod
    def of(cls, guard: GuardSettings) -> Thresholds:
        """The numbers as the config has them."""
        shares = {
            Facet.price: guard.price_share, Facet.stock: guard.stock_share, Facet.content: guard.content_share,
            Facet.structure: guard.structure_share,
        }  # fmt: skip
        return cls(guard.factor, guard.stock_factor, guard.stock_least, guard.share_from, shares, guard.take_down_share)


@dataclass(frozen=True, slots=True)
class History:
    """What the guards remember of a channel.

    `prices` = per SKU every price acknowledged in the last 24 h, and the last one before; `counted` = offers with an
    acknowledged value; `moved` = subjects that the last 60 minutes moved, by kind; `sold` = SKUs whose ledger fell
    through orders since their stock was acknowledged; `floors` = least rupiah by SKU; `closing` = stock may fall.
    """

    prices: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    floors: Mapping[str, int] = field(default_factory=dict)
    offers: int = 0
    moved: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sold: frozenset[str] = frozenset()
    approved: frozenset[Binding] = frozenset()
    rejected: frozenset[Binding] = frozenset()
    excused: frozenset[str] = frozenset()
    """Product codes whose producer is paused, or whose channel is closing: their take-down is wanted."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Changes that one rule stopped, and the sentence with its numbers."""

    rule: str
    message: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may pass, what is held, and what a person has already rejected."""

    passed: tuple[Change, ...]
    holds: tuple[Hold, ...]
    declined: tuple[Change, ...] = ()


def binding(change: Change) -> Binding:
    """What an approval of `change` would bind to."""
    return change.code, change.sku or "", change.facet, shown(change.before), shown(change.to)


def guard(changes: Sequence[Change], history: History, limits: Thresholds) -> Verdict:
    """Take out of `changes` what must wait for a person."""
    approved = [c for c in changes if binding(c) in history.approved]
    declined = [c for c in changes if binding(c) in history.rejected]
    decided = history.approved | history.rejected
    single, holds = _one_by_one((c for c in changes if binding(c) not in decided), history, limits)
    passed, shares = _by_share(single, history, limits)
    keep = set(map(id, approved)) | set(map(id, passed))
    return Verdict(tuple(c for c in changes if id(c) in keep), (*holds, *shares), tuple(declined))


# --- rules that look at one change -----------------------------------------------------------------------------------

Rule = Callable[[Change, History, Thresholds], str | None]


def _price_zero(change: Change, _history: History, _limits: Thresholds) -> str | None:
    free = [sku for sku, price in _prices(change) if price <= 0]
    return kept("{sku}: a price of Rp0 would give it away", sku=free[0]) if free else None


def _below_floor(change: Change, history: History, _limits: Thresholds) -> str | None:
    for sku, price in _prices(change):
        floor = history.floors.get(sku)
        if floor is not None and price < floor:
            return kept(
                "{sku}: price {price} is below {floor}, what the producer must receive",
                sku=sku, price=rupiah(price), floor=rupiah(floor),
            )  # fmt: skip
    return None


def _price_leap(change: Change, history: History, limits: Thresholds) -> str | None:
    if change.creates:
        return None
    for sku, price in _prices(change):
        for known in history.prices.get(sku, ()):
            if known > 0 and (price >= limits.factor * known or price * limits.factor <= known):
                return kept(
                    "{sku}: price {before} → {after} is × or ÷ {factor} or more",
                    sku=sku, before=rupiah(known), after=rupiah(price), factor=limits.factor,
                )  # fmt: skip
    return None


def _stock_leap(change: Change, _history: History, limits: Thresholds) -> str | None:
    if change.facet is not Facet.stock or not isinstance(change.before, int) or not isinstance(change.to, int):
        return None
    least = max(limits.stock_least, limits.stock_factor * max(1, change.before))
    if change.to < least:
        return None
    return kept(
        "{sku}: stock {before} → {after} is × {factor} or more",
        sku=change.sku or "", before=change.before, after=change.to, factor=limits.stock_factor,
    )  # fmt: skip


def _variants_lost(change: Change, _history: History, _limits: Thresholds) -> str | None:
    if change.facet is not Facet.structure or not isinstance(change.before, Structure):
        return None
    if not isinstance(change.to, Structure):
        return None
    # What has no id in the shop any more, or has it under another name, is not lost by this change.
    known = set() if change.ids is None else set(change.ids.offers)
    lost = known & ({v.sku for v in change.before.variants} - {v.sku for v in change.to.variants})
    if lost:
        skus = ", ".join(sorted(lost))
        return kept("{product}: {skus} would be removed from the shop for good", product=change.code, skus=skus)
    if len(change.before.options) != len(change.to.options):
        old, new = " × ".join(change.before.options), " × ".join(change.to.options)
        return kept(
            "{product}: options '{old}' → '{new}' would end every variant's id", product=change.code, old=old, new=new
        )
    return None


SINGLE: tuple[tuple[str, Rule], ...] = (
    ("price_zero", _price_zero),
    ("below_floor", _below_floor),
    ("price_leap", _price_leap),
    ("stock_leap", _stock_leap),
    ("variants_lost", _variants_lost),
)
"""The first rule that trips names the hold."""


def _one_by_one(
    changes: Iterable[Change], history: History, limits: Thresholds
) -> tuple[list[Change], tuple[Hold, ...]]:
    passed: list[Change] = []
    holds: list[Hold] = []
    for change in changes:
        tripped = next(_tripped(change, history, limits), None)
        if tripped is None:
            passed.append(change)
        else:
            holds.append(Hold(tripped[0], tripped[1], (change,)))
    return passed, tuple(holds)


def _tripped(change: Change, history: History, limits: Thresholds) -> Iterator[tuple[str, str]]:
    for name, rule in SINGLE:
        message = rule(change, history, limits)
        if message is not None:
            yield name, message


def _prices(change: Change) -> Iterator[tuple[str, int]]:
    """Every price that `change` would show: its own, or all of a create's and of a structure's new variants."""
    if isinstance(change.to, Price):
        yield change.sku or "", change.to.list
    whole = change.to if isinstance(change.to, Listing) else change.listing
    if whole is not None:
        known = set(change.ids.offers) if change.ids is not None else set()
        yield from ((sku, price.list) for sku, price in whole.prices.items() if sku not in known)


# --- rules that look at shares ---------------------------------------------------------------------------------------


def _by_share(changes: Sequence[Change], history: History, limits: Thresholds) -> tuple[list[Change], tuple[Hold, ...]]:
    if history.offers < limits.share_from:
        return list(changes), ()
    kinds: dict[str, list[Change]] = {}
    for change in changes:
        kind = _kind(change, history)
        if kind is not None:
            kinds.setdefault(kind, []).append(change)
    holds = tuple(hold for kind, group in kinds.items() if (hold := _share(kind, group, history, limits)))
    stopped = {id(change) for hold in holds for change in hold.changes}
    return [c for c in changes if id(c) not in stopped], holds


def _kind(change: Change, history: History) -> str | None:
    """Which share `change` counts towards; None for creates, first values and what must never be held."""
    if change.creates or change.before is None or change.code in history.excused:
        return None
    if change.facet is Facet.visibility:
        return "take_down" if change.to is False else None
    if change.facet is Facet.stock and change.sku in history.sold and int(str(change.to)) < int(str(change.before)):
        return None
    return change.facet.value


def _share(kind: str, group: Sequence[Change], history: History, limits: Thresholds) -> Hold | None:
    allowed = limits.take_downs if kind == "take_down" else limits.shares[Facet(kind)]
    moved = {s for c in group for s in _subjects(c)} | history.moved.get(kind, frozenset())
    per_cent = 100 * len(moved) / history.offers
    if per_cent <= allowed:
        return None
    message = kept(
        "{kind}: {moved} of {offers} offers ({share} %) would change within the hour, {allowed} % are allowed",
        kind=_kind_word(kind), moved=len(moved), offers=history.offers, share=round(per_cent), allowed=allowed,
    )  # fmt: skip
    return Hold(f"share_{kind}", message, tuple(group))


def _kind_word(kind: str) -> str:
    words = {
        "price": kept("price"), "stock": kept("stock"), "content": kept("content"), "structure": kept("variants"),
        "take_down": kept("take-downs"),
    }  # fmt: skip
    return words[kind]


def _subjects(change: Change) -> Iterator[str]:
    """The offers that `change` moves: its SKU, or every offer of its listing."""
    if change.sku is not None:
        yield change.sku
    elif change.ids is not None:
        yield from change.ids.offers
