"""The words of states, results and values, as people read them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from syncer.texts import _, rupiah

VALUE_MOST = 60


def counted(numbers: Mapping[str, int]) -> str:
    """Counts by word, as '37 live, 2 hidden'; '' when there is nothing to count."""
    return ", ".join(f"{number} {word(name)}" for name, number in numbers.items())


def word(name: str) -> str:
    """What a listing's state, an outcome, a run's status or trigger is called."""
    return _words().get(name, name)


def channel_word(state: str) -> str:
    """What the state of a channel is called."""
    words = {
        "working": _("working"), "winding_down": _("winding down"), "paused": _("paused"), "new": _("new"),
        "reading": _("only read"), "trial": _("on trial"), "active": _("active"),
        "closed": _("closed by the marketplace"), "removed": _("no longer in the config"),
        "never": _("never synchronised"), "unauthorised": _("not authorised"),
        "unreachable": _("cannot be reached"), "failed": _("last run failed"),
    }  # fmt: skip
    return words.get(state, state)


def config_word(state: str) -> str:
    """What the state that the config gives a channel is called."""
    return channel_word(state)


def facet_word(facet: str) -> str:
    """What a facet is called."""
    words = {
        "structure": _("variants"), "content": _("content"), "price": _("price"), "stock": _("stock"),
        "visibility": _("visibility"),
    }  # fmt: skip
    return words.get(facet, facet)


def verdict_word(verdict: str) -> str:
    """What an audit's or a check's verdict is called."""
    words = {
        "late": _("not shown yet"), "pending": _("under way"), "gone": _("gone"), "taken_down": _("taken down"),
        "removed": _("removed"), "sold": _("sold"), "edited": _("edited"), "good": _("good"),
        "config": _("setting"),
        "auth": _("not authorised"), "clock": _("clock"), "binding": _("another shop"),
        "binding_pending": _("waits for the owner's approval"), "transient": _("cannot be reached"),
    }  # fmt: skip
    return words.get(verdict, verdict)


def assumption_word(verdict: str) -> str:
    """What the verdict on an assumption is called."""
    words = {
        "confirmed": _("confirmed"), "contradicted": _("contradicted"), "not_yet_seen": _("not yet seen"),
    }  # fmt: skip
    return words.get(verdict, verdict)


def notion_word(notion: str) -> str:
    """What a kind of contract drift is called."""
    words = {
        "assumption": _("assumption"), "field": _("unknown field"), "code": _("unknown code"),
        "status": _("unknown word"),
    }  # fmt: skip
    return words.get(notion, notion)


def level_word(level: str) -> str:
    """How grave a problem of an import is."""
    words = {"error": _("error"), "warning": _("warning"), "remark": _("remark")}
    return words.get(level, level)


def who_word(who: str) -> str:
    """What those who must act are called."""
    words = {
        "staff": _("staff"), "operator": _("operator"), "marketplace": _("marketplace"), "nobody": _("nobody"),
    }  # fmt: skip
    return words.get(who, who)


def gap_word(kind: str) -> str:
    """What happened in a gap."""
    words = {
        "service": _("the service did not run"), "shop": _("the shop was not to be reached"),
        "clock": _("the clock jumped"),
    }  # fmt: skip
    return words.get(kind, kind)


def note_word(note: str) -> str:
    """Why a gap came about."""
    words = {
        "stopped": _("stopped on purpose"), "no_word": _("without a word: a power cut, a crash or a restart"),
    }  # fmt: skip
    return words.get(note, note)


def one_line(text: str) -> str:
    """`text` without what could steer a terminal, break a line or turn the direction of writing."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def facet_value(facet: str, value: str | None) -> str:
    """A held value: rupiah, pieces, or what there is of it in short. `value` as the store has it."""
    if value is None:
        return "–"
    if facet == "price" and value.lstrip("-").isdigit():
        return rupiah(int(value))
    if facet == "visibility":
        return {"true": _("on sale"), "false": _("taken down")}.get(value.lower(), word(value))
    if facet in ("structure", "content"):
        value = _in_short(value)
    return value if len(value) <= VALUE_MOST else value[: VALUE_MOST - 1] + "…"


def _in_short(value: str) -> str:
    """Of a whole listing its prices, of variants their SKUs, of words how they begin."""
    try:
        found = json.loads(value)
    except ValueError:
        return value
    match found:
        case {"prices": dict(prices)}:
            said = ", ".join(f"{sku} {rupiah(price['list'])}" for sku, price in prices.items())
            return _("new in the shop: {prices}").format(prices=said)
        case {"variants": list(variants)}:
            return ", ".join(variant["sku"] for variant in variants)
        case {"title": str(title), "description": str(description)}:
            return f"{title}: {description}"
    return value


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
