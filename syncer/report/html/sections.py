"""The sections of the page, one function each; a section without anything in it is left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from syncer.report.causes import Advice, Who
from syncer.report.dates import aged
from syncer.report.html.markup import Markup, code, element, joined
from syncer.report.sentences import (
    drift_line,
    ending_line,
    gap_span,
    left_line,
    look_line,
    pause_line,
    review_since,
    run_line,
    shares_line,
)
from syncer.report.values import Alarm, ChannelReport, Example, Failure, Gap, HoldLine, Report, Review, Warnings
from syncer.report.words import channel_word, counted, facet_word, gap_word, note_word, who_word
from syncer.texts import _, grouped

WAITS = ("paused", "new", "reading", "trial")
SIGNS = {"good": "✔", "bad": "!", "wait": "…", "plain": "–"}
"""Beside every colour stands a sign, and beside every sign a word."""


def silence(report: Report) -> Markup:
    """That the service does not run."""
    if report.silence is None:
        return joined()
    alarm = report.silence
    return element("section", _h2(_("Service")), element("article", _alarm(alarm, report.made_at), class_="card bad"))


def channels(report: Report) -> Markup:
    """Each shop: how it is doing, and its numbers."""
    return _section(_("Shops"), [_channel(channel, report.made_at) for channel in report.channels])


def failures(report: Report) -> Markup:
    """What failed, by what is to be done about it: for people first, then what settles by itself."""
    now = report.made_at
    ours = [_failure(failure, now) for failure in report.failures if failure.advice.for_people]
    rest = [_failure(failure, now) for failure in report.failures if not failure.advice.for_people]
    return joined(_section(_("Failed: to be done"), ours), _section(_("Failed: settles by itself"), rest))


def reviews(report: Report) -> Markup:
    """What the marketplace reviews, or gave back: that first."""
    ordered = sorted(report.reviews, key=lambda review: not review.advice.for_people)
    return _section(_("Reviews"), [_review(review, report.made_at) for review in ordered])


def holds(report: Report) -> Markup:
    """What waits for a decision, with its commands."""
    return _section(_("Held, waiting for a decision"), [_hold(hold, report.made_at) for hold in report.holds])


def warnings(report: Report) -> Markup:
    """What a person should know and nothing stops."""
    return _section(_("Good to know"), [_warnings(group) for group in report.warnings])


def gaps(report: Report) -> Markup:
    """When the service did not run, and when shops were not to be reached."""
    lines = [_gap(gap, report.made_at) for gap in report.gaps]
    if report.gaps_left_out:
        lines.append(element("li", _("… and {rest} more").format(rest=report.gaps_left_out)))
    return _section(_("Gaps"), [element("ul", *lines)] if lines else [])


# --- shops -----------------------------------------------------------------------------------------------------------


def _channel(channel: ChannelReport, now: datetime) -> Markup:
    kind = _kind(channel)
    name = element("h3", f"{channel.name} ", element("span", _shop(channel), class_="soft"))
    return element(
        "article",
        element("div", name, _badge(kind, channel_word(channel.state)), class_="top"),
        _alarm(channel.alarm, now) if channel.alarm is not None else None,
        element("p", pause_line(channel.pause, now)) if channel.pause is not None else None,
        _numbers(channel),
        element("p", run_line(channel.last_run, now), class_="soft"),
        element("p", _in_shop(channel), class_="soft") if channel.listings else None,
        _drift(channel),
        _list(ending_line(ending, now) for ending in channel.endings),
        _left(channel),
        _strangers(channel.strangers),
        class_=f"card {kind}",
    )


def _kind(channel: ChannelReport) -> str:
    if channel.alarm is not None:
        return "bad" if channel.alarm.advice.for_people else "wait"
    if channel.drift or any(ending.presses for ending in channel.endings):
        return "bad"
    return "good" if channel.state in ("working", "winding_down") else "wait" if channel.state in WAITS else "plain"


def _shop(channel: ChannelReport) -> str:
    return _("{marketplace}, shop {shop}").format(marketplace=channel.marketplace, shop=channel.shop_id or "–")


def _in_shop(channel: ChannelReport) -> str:
    return _("In the shop: {states}; {pieces} pieces.").format(
        states=counted(channel.listings), pieces=grouped(channel.pieces)
    )


def _numbers(channel: ChannelReport) -> Markup:
    fresh = channel.freshness
    pairs = (
        (_("listed"), channel.listed, channel.active), (_("fresh"), fresh.both, fresh.offers),
        (_("not fresh"), fresh.stale, fresh.offers), (_("open"), channel.open, None),
        (_("failed"), channel.failed, None), (_("held"), channel.held, None), (_("blocked"), channel.blocked, None),
    )  # fmt: skip
    return element("dl", *(_number(*pair) for pair in pairs), class_="numbers")


def _number(name: str, number: int, of: int | None) -> Markup:
    whole = element("small", _("of {n}").format(n=of)) if of is not None else None
    return element("div", element("dt", name), element("dd", str(number), whole))


def _drift(channel: ChannelReport) -> Markup | None:
    if not channel.drift:
        return None
    lines = (element("li", drift_line(drift)) for drift in channel.drift)
    return joined(element("ul", *lines), element("p", code(look_line(channel.name, channel.drift[0])), class_="do"))


def _list(lines: Iterable[str]) -> Markup | None:
    found = [element("li", line) for line in lines]
    return element("ul", *found) if found else None


def _left(channel: ChannelReport) -> Markup | None:
    if not channel.left:
        return None
    head = element("p", _("still stands there: {count}").format(count=len(channel.left)), class_="soft")
    return joined(head, _list(map(left_line, channel.left)))


def _strangers(strangers: Sequence[str]) -> Markup | None:
    if not strangers:
        return None
    return element(
        "ul", *(element("li", _("order line of no product of ours: {line}").format(line=line)) for line in strangers)
    )


# --- failures, reviews, decisions, gaps ------------------------------------------------------------------------------


def _failure(failure: Failure, now: datetime) -> Markup:
    said = failure.advice
    rest = failure.count - failure.told_of
    more = element("li", _("… and {rest} more").format(rest=rest)) if rest > 0 else None
    since = _("oldest since {since}").format(since=aged(failure.oldest, now))
    return _told(
        element("h3", element("span", f"{failure.count} × ", class_="count"), said.title),
        element("p", f"{shares_line(failure)}; {since}", class_="soft"),
        said,
        element("ul", *map(_example, failure.examples), more),
    )


def _example(example: Example) -> Markup:
    name = element("b", example.sku or example.code)
    more = " " + _("(and {others} more like it)").format(others=example.others) if example.others else ""
    return element("li", name, f" {example.title} ({facet_word(example.facet)}): {example.message}{more}")


def _warnings(group: Warnings) -> Markup:
    title = element("h3", element("span", f"{group.count} × ", class_="count"), group.advice.title)
    lines = [element("li", message) for message in group.messages]
    return element("article", title, _to_do(group.advice), element("ul", *lines), class_="card plain")


def _review(review: Review, now: datetime) -> Markup:
    where = f"{review.channel}: {review.code}"
    since = review_since(review, now)
    note = _("the marketplace's note: {note}").format(note=review.note) if review.note else ""
    return _told(
        element("h3", f"{review.advice.title}: {review.title}"),
        element("p", f"{where}; {since}" if since else where, class_="soft"),
        review.advice,
        element("p", note, class_="note") if note else None,
    )


def _hold(hold: HoldLine, now: datetime) -> Markup:
    text = _("{channel}, number {id}; {count} changes, since {since}")
    about = text.format(channel=hold.channel, id=hold.id, count=hold.count, since=aged(hold.since, now))
    rest = hold.count - len(hold.lines)
    more = element("li", _("… and {rest} more").format(rest=rest)) if rest > 0 else None
    lines = (
        element("li", element("b", line.name), f" ({facet_word(line.facet)}): {line.before} → {line.after}")
        for line in hold.lines
    )
    commands = _("approve: `{approve}`; reject: `{reject}`").format(approve=hold.approve, reject=hold.reject)
    return _told(
        element("h3", hold.advice.title),
        element("p", about, class_="soft"),
        hold.advice,
        joined(element("ul", *lines, more), element("p", hold.message, class_="note"), element("p", code(commands))),
    )


def _gap(gap: Gap, now: datetime) -> Markup:
    what = gap_word(gap.kind) if gap.channel is None else f"{gap.channel}: {gap_word(gap.kind)}"
    why = note_word(gap.note)
    return element("li", element("b", what), f": {gap_span(gap, now)}", f" – {why}" if why else None)


# --- what all sections are made of -----------------------------------------------------------------------------------


def _section(title: str, cards: Sequence[Markup]) -> Markup:
    return element("section", _h2(title), *cards) if cards else joined()


def _h2(title: str) -> Markup:
    return element("h2", title)


def _told(title: Markup, about: Markup, said: Advice, details: Markup | None) -> Markup:
    """A card: what, whose and since when, who must do what, and the details."""
    kind = "bad" if said.for_people else "wait" if said.who is Who.marketplace else "plain"
    top = element("div", title, _badge(kind, who_word(said.who)), class_="top")
    return element("article", top, about, _to_do(said), details, class_=f"card {kind}")


def _alarm(alarm: Alarm, now: datetime) -> Markup:
    since = "" if alarm.since is None else " " + _("since {since}").format(since=aged(alarm.since, now))
    parts: Iterable[Markup | None] = (
        element("p", element("b", alarm.advice.title), since),
        _to_do(alarm.advice),
        element("p", note_word(alarm.note), class_="note") if alarm.note else None,
    )
    return joined(*parts)


def _to_do(said: Advice) -> Markup:
    return element("p", element("b", f"{who_word(said.who)}:"), " ", code(said.action), class_="do")


def _badge(kind: str, text: str) -> Markup:
    return element("span", element("span", f"{SIGNS[kind]} ", aria_hidden="true"), text, class_=f"badge {kind}")
