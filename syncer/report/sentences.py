"""What every face says in the same words: the one sentence, and the short lines about a channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from syncer.report.dates import aged, lasted, local
from syncer.report.values import ChannelReport, DriftLine, Ending, Failure, Gap, Left, Pause, Report, Review, RunLine
from syncer.report.words import counted, gap_word, note_word, notion_word, who_word, word
from syncer.texts import _, grouped, ngettext


def headline(report: Report) -> str:
    """All well, or how many things wait."""
    if not report.channels and report.silence is None:
        return _("No channel yet: name one in the config.")
    number = report.needs_action
    if number == 0:
        return _("All well.")
    return ngettext("Action needed: {n} thing.", "Action needed: {n} things.", number).format(n=number)


def sentence(report: Report) -> str:
    """The report in one sentence: all well, or how many things wait and for whom."""
    return f"{headline(report)} {for_whom(report)}" if report.needs_action else headline(report)


def for_whom(report: Report) -> str:
    """Who must act on how much, as 'To be done by staff: 5, operator: 2.'"""
    shares = [_("{who}: {n}").format(who=who_word(who), n=n) for who, n in report.tasks.items() if n]
    return _("To be done by {shares}.").format(shares=", ".join(shares))


def aside(report: Report) -> str:
    """What settles without anybody, in one sentence; '' when there is nothing."""
    if not report.by_itself:
        return ""
    text = ngettext(
        "{n} more thing settles by itself or waits for the marketplace.",
        "{n} more things settle by themselves or wait for the marketplace.",
        report.by_itself,
    )
    return text.format(n=report.by_itself)


def run_line(run: RunLine | None, now: datetime) -> str:
    """How the last run of a channel went."""
    if run is None:
        return _("never synchronised")
    counts = what_came(run.outcomes, run.status)
    text = _("last run {id} ({trigger}): {status} at {when}: {counts}").format(
        id=run.id, trigger=word(run.trigger), status=word(run.status), when=aged(run.ended_at or run.started_at, now),
        counts=counts,
    )  # fmt: skip
    return f"{text}; {run.message}" if run.message else text


def what_came(outcomes: Mapping[str, int], status: str) -> str:
    """What became of a run's changes, by word and number."""
    return counted(outcomes) or (_("nothing to push") if status == "done" else _("nothing was pushed"))


def listed_line(channel: ChannelReport) -> str:
    """How much of what should be on sale is live, and what the shop shows."""
    states = counted(channel.listings) or _("none yet")
    return _("listed {listed} of {active} active products; in the shop: {states}").format(
        listed=channel.listed, active=channel.active, states=states
    )


def fresh_line(channel: ChannelReport) -> str:
    """Of how many offers it is known that buyers see what we want."""
    fresh = channel.freshness
    text = _("fresh: {both} of {offers} offers (price {price}, stock {stock}), not fresh: {stale}; {pieces} pieces")
    return text.format(
        both=fresh.both, offers=fresh.offers, price=fresh.price, stock=fresh.stock, stale=fresh.stale,
        pieces=grouped(channel.pieces),
    )  # fmt: skip


def counts_line(channel: ChannelReport) -> str:
    """What is under way, failed, held and blocked."""
    return _("open: {open}; failed: {failed}; held: {held}; blocked: {blocked}").format(
        open=channel.open, failed=channel.failed, held=channel.held, blocked=channel.blocked
    )


def pause_line(pause: Pause, now: datetime) -> str:
    """Why nothing is pushed, and who said so since when."""
    if pause.since is None:
        return pause.why
    return _("{why} ({by}, since {since})").format(why=pause.why, by=pause.by, since=aged(pause.since, now))


def drift_line(drift: DriftLine) -> str:
    """What a shop showed against our picture of it."""
    if drift.notion == "assumption":
        text = _("{name}: we assumed {assumed}, the shop shows {seen} ({evidence})")
        return text.format(name=drift.name, assumed=drift.assumed, seen=drift.seen, evidence=drift.evidence)
    why = f": {drift.evidence}" if drift.evidence else ""
    return f"{notion_word(drift.notion)} {drift.name} ({drift.operation}{why})"


def look_line(channel: str, drift: DriftLine) -> str:
    """How a person lets the drift of a channel pass."""
    text = _("look at `syncer channel check {channel}`; let it pass: `syncer channel accept {channel} {mark}`")
    return text.format(channel=channel, mark=drift.mark)


def ending_line(ending: Ending, now: datetime) -> str:
    """What ends, when, and what is to be done before."""
    texts = {
        "consent": _("the owner's consent ends {when} ({length}): `syncer channel authorize` renews it"),
        "tokens": _("the stored tokens end {when} ({length}): start the service, or authorise the shop anew"),
        "key": _("the app's key ends {when} ({length}): make a new one at the marketplace, then correct key_ends"),
    }
    length = _("over") if ending.within == 0 else lasted(ending.at - now)
    return texts[ending.kind].format(when=local(ending.at), length=length)


def left_line(left: Left) -> str:
    """A listing that still stands in a shop that is left."""
    where = ", ".join(left.elsewhere) or _("nowhere else")
    state = word(left.state) or _("not seen yet")
    return _("{code} {title}: {state}; sold elsewhere: {where}").format(
        code=left.code, title=left.title, state=state, where=where
    )


def shares_line(failure: Failure) -> str:
    """Whose they are: on which shops, of how many producers."""
    shops = ", ".join(f"{name} {number}" for name, number in failure.channels.items())
    text = ngettext("{shops}; {n} producer", "{shops}; {n} producers", failure.producers)
    return text.format(shops=shops, n=failure.producers)


def review_since(review: Review, now: datetime) -> str:
    """Since when a listing stands like this."""
    return "" if review.since is None else _("since {since}").format(since=aged(review.since, now))


def gap_line(gap: Gap, now: datetime) -> str:
    """When, how long, what and why."""
    what = gap_word(gap.kind) if gap.channel is None else f"{gap.channel}: {gap_word(gap.kind)}"
    why = note_word(gap.note)
    line = f"{gap_span(gap, now)}: {what}"
    return f"{line} ({why})" if why else line


def gap_span(gap: Gap, now: datetime) -> str:
    """From when to when, and how long."""
    if gap.kind == "clock":
        return local(gap.began_at)
    if gap.ended_at is None:
        text = _("since {began}, still going on ({length})")
        return text.format(began=local(gap.began_at), length=lasted(now - gap.began_at))
    text = _("{began} to {ended} ({length})")
    return text.format(began=local(gap.began_at), ended=local(gap.ended_at), length=lasted(gap.ended_at - gap.began_at))
