"""For each cause: what it is called, who must act, and what to do next. Every failure has a cure or an owner."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.contract import Cause
from syncer.texts import _


@dataclass(frozen=True, slots=True)
class Advice:
    """A cause in words: `name`, `who` must act, and `action`, the next step."""

    name: str
    who: str
    action: str


def advice(cause: Cause | None) -> Advice:
    """What to tell people of `cause`, in the language in use."""
    return _advice()[cause or Cause.unknown]


def _advice() -> dict[Cause, Advice]:
    nobody, operator, staff, owner = _("nobody"), _("operator"), _("staff"), _("shop owner")
    return {
        Cause.transient: Advice(_("line or marketplace down"), nobody, _("nothing; it is tried again by itself")),
        Cause.throttled: Advice(_("too many calls"), nobody, _("nothing; the pace is lowered by itself")),
        Cause.quota: Advice(_("daily quota used up"), operator, _("wait for the reset, or ask for more")),
        Cause.clock: Advice(_("clock is off"), operator, _("set this machine's clock (NTP)")),
        Cause.auth: Advice(_("authorisation ended"), owner, _("authorise the shop again: syncer channel check")),
        Cause.binding: Advice(_("another shop answers"), operator, _("correct shop_id of the channel in the config")),
        Cause.config: Advice(_("settings incomplete"), operator, _("correct the setting that the message names")),
        Cause.rejected: Advice(_("refused for our data"), staff, _("change the product as the message says")),
        Cause.missing: Advice(_("gone from the shop"), staff, _("check in the shop's own app why it was removed")),
        Cause.duplicate: Advice(_("already in the shop"), staff, _("give our product another code")),
        Cause.locked: Advice(_("held or locked"), staff, _("decide with `syncer held`, or wait")),
        Cause.review: Advice(_("in the marketplace's review"), nobody, _("wait for the review")),
        Cause.missing_step: Advice(_("a step is missing"), operator, _("do in the shop's app what the message names")),
        Cause.unknown: Advice(_("unknown answer"), operator, _("read the message; report it if it recurs")),
    }  # fmt: skip
