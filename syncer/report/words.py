"""The words of states and results, as people read them."""

from __future__ import annotations

from collections.abc import Mapping

from syncer.texts import _


def counted(numbers: Mapping[str, int]) -> str:
    """Counts by word, as '37 live, 2 hidden'; '' when there is nothing to count."""
    return ", ".join(f"{number} {word(name)}" for name, number in numbers.items())


def word(name: str) -> str:
    """What a listing's state, an outcome, a run's status or trigger is called."""
    return _words().get(name, name)


def _words() -> dict[str, str]:
    return {
        "queued": _("queued"), "in_review": _("in review"), "needs_correction": _("needs correction"),
        "live": _("live"), "live_oos": _("live, sold out"), "hidden": _("hidden"), "banned": _("banned"),
        "archived": _("archived"), "half_built": _("half built"), "gone": _("gone"),
        "applied": _("applied"), "begun": _("begun"), "accepted": _("accepted"), "rejected": _("rejected"),
        "locked": _("locked"), "deferred": _("deferred"), "unknown": _("without an answer"),
        "done": _("done"), "failed": _("failed"), "stopped": _("stopped"), "cancelled": _("cancelled"),
        "killed": _("killed"),
        "handed_over": _("handed over"), "running": _("running"),
        "manual": _("manual"), "schedule": _("scheduled"), "order": _("after an order"),
    }  # fmt: skip
