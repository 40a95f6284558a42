"""Which changes go first, the same for every marketplace (DESIGN 7, promise 7)."""

from __future__ import annotations

from adapters.contract import Change, Facet, Urgency

Rank = tuple[int, int, int]
FACETS = (Facet.stock, Facet.visibility, Facet.price, Facet.structure, Facet.content)


def rank(change: Change, step: int = 0) -> Rank:
    """What stops a sale, manual before scheduled; then stock, visibility, price, structure, content, creates.

    `step` = the place of a create among creates: what is half done is finished before anything new is begun.
    """
    if change.creates:
        return _hurry(change), len(FACETS), step
    return _hurry(change), FACETS.index(change.facet), 0 if stops_sale(change) else 1


def stops_sale(change: Change) -> bool:
    """Stock down or a take-down: late is oversold."""
    if change.facet is Facet.visibility:
        return change.to is False
    if change.facet is not Facet.stock or not isinstance(change.to, int):
        return False
    return change.to == 0 or (isinstance(change.before, int) and change.to < change.before)


def _hurry(change: Change) -> int:
    if stops_sale(change) or change.urgency is Urgency.now:
        return 0
    return 1 if change.urgency is Urgency.manual else 2
