"""The report as plain text, for a terminal or a mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from syncer.report.dates import aged, local
from syncer.report.sentences import (
    aside,
    counts_line,
    drift_line,
    ending_line,
    fresh_line,
    gap_line,
    left_line,
    listed_line,
    look_line,
    pause_line,
    review_since,
    run_line,
    sentence,
    shares_line,
)
from syncer.report.values import Alarm, ChannelReport, Failure, HoldLine, Report, Review, Warnings
from syncer.report.words import channel_word, counted, facet_word, note_word, one_line, who_word
from syncer.texts import _


def as_text(report: Report) -> str:
    """The whole report; one sentence first, details after."""
    return "\n".join(map(one_line, _lines(report))) + "\n"


def brief(report: Report) -> str:
    """The state in a line a channel, after the one sentence."""
    lines = [sentence(report)]
    if report.silence is not None:
        lines.append(_alarm(report.silence, report.made_at))
    for channel in report.channels:
        states = counted(channel.listings) or _("none yet")
        text = _("{name}, {state}: {states}; open {open}, held {held}, failed {failed}, blocked {blocked}; {run}")
        lines.append(
            text.format(name=channel.name, state=channel_word(channel.state), states=states, open=channel.open,
                        held=channel.held, failed=channel.failed, blocked=channel.blocked,
                        run=run_line(channel.last_run, report.made_at))
        )  # fmt: skip
        if channel.alarm is not None and channel.alarm.advice.for_people:
            lines.append("  " + _alarm(channel.alarm, report.made_at))
        lines += [f"  ! {drift_line(drift)}" for drift in channel.drift]
        lines += [f"  ! {ending_line(ending, report.made_at)}" for ending in channel.endings]
    return "\n".join(map(one_line, lines)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    now = report.made_at
    yield sentence(report)
    if aside(report):
        yield aside(report)
    yield _("Made {when}.").format(when=local(now))
    if report.silence is not None:
        yield _alarm(report.silence, now)
    for channel in report.channels:
        yield ""
        yield from _channel(channel, now)
    yield from _section(_("Failed"), (line for f in report.failures for line in _failure(f, now)))
    yield from _section(_("Reviews"), (line for r in report.reviews for line in _review(r, now)))
    yield from _section(_("Held, waiting for a decision"), (line for h in report.holds for line in _hold(h, now)))
    yield from _section(_("Good to know"), (line for w in report.warnings for line in _warnings(w)))
    yield from _section(_("Gaps"), _gaps(report))


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield from ("", title)
        yield from (f"  {line}" for line in found)


def _channel(channel: ChannelReport, now: datetime) -> Iterator[str]:
    yield _("Channel {name} ({marketplace}, shop {shop}): {state}").format(
        name=channel.name, marketplace=channel.marketplace, shop=channel.shop_id, state=channel_word(channel.state)
    )
    if channel.alarm is not None:
        yield "  " + _alarm(channel.alarm, now)
    if channel.pause is not None:
        yield "  " + pause_line(channel.pause, now)
    yield "  " + run_line(channel.last_run, now)
    yield "  " + listed_line(channel)
    yield "  " + fresh_line(channel)
    yield "  " + counts_line(channel)
    yield from (f"  ! {drift_line(drift)}" for drift in channel.drift)
    if channel.drift:
        yield "  " + look_line(channel.name, channel.drift[0])
    yield from (f"  ! {ending_line(ending, now)}" for ending in channel.endings)
    if channel.left:
        yield "  " + _("still stands there: {count}").format(count=len(channel.left))
    yield from (f"    {left_line(left)}" for left in channel.left)
    for stranger in channel.strangers:
        yield "  " + _("order line of no product of ours: {line}").format(line=stranger)


def _alarm(alarm: Alarm, now: datetime) -> str:
    since = "" if alarm.since is None else " " + _("since {since}").format(since=aged(alarm.since, now))
    why = f": {note_word(alarm.note)}" if alarm.note else ""
    return f"! {alarm.advice.title}{since}{why}. {who_word(alarm.advice.who)}: {alarm.advice.action}"


def _failure(failure: Failure, now: datetime) -> Iterator[str]:
    said = failure.advice
    yield _("{count} x {cause} ({shares}; oldest since {since})").format(
        count=failure.count, cause=said.title, shares=shares_line(failure), since=aged(failure.oldest, now)
    )
    yield f"  {who_word(said.who)}: {said.action}"
    for example in failure.examples:
        name = example.sku or example.code
        more = " " + _("(and {others} more like it)").format(others=example.others) if example.others else ""
        yield f"    {name} [{facet_word(example.facet)}] {example.title}: {example.message}{more}"
    rest = failure.count - failure.told_of
    if rest > 0:
        yield "    " + _("… and {rest} more").format(rest=rest)


def _warnings(group: Warnings) -> Iterator[str]:
    yield f"{group.count} x {group.advice.title}. {who_word(group.advice.who)}: {group.advice.action}"
    yield from (f"    {message}" for message in group.messages)


def _review(review: Review, now: datetime) -> Iterator[str]:
    yield f"{review.channel}: {review.code} {review.title}: {review.advice.title}, {review_since(review, now)}"
    if review.note:
        yield "  " + _("the marketplace's note: {note}").format(note=review.note)
    yield f"  {who_word(review.advice.who)}: {review.advice.action}"


def _hold(hold: HoldLine, now: datetime) -> Iterator[str]:
    text = _("{id} {channel}: {title} ({count} changes, since {since})")
    yield text.format(
        id=hold.id, channel=hold.channel, title=hold.advice.title, count=hold.count, since=aged(hold.since, now)
    )
    yield f"  {hold.message}"
    for line in hold.lines:
        yield f"    {line.name} [{facet_word(line.facet)}] {line.before} -> {line.after}"
    if hold.count > len(hold.lines):
        yield "    " + _("… and {rest} more").format(rest=hold.count - len(hold.lines))
    yield f"  {who_word(hold.advice.who)}: {hold.advice.action}"
    yield "  " + _("approve: `{approve}`; reject: `{reject}`").format(approve=hold.approve, reject=hold.reject)


def _gaps(report: Report) -> Iterator[str]:
    yield from (gap_line(gap, report.made_at) for gap in report.gaps)
    if report.gaps_left_out:
        yield _("… and {rest} more").format(rest=report.gaps_left_out)
