"""The report as plain text, for a terminal or a mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from syncer.report.dates import local
from syncer.report.model import ChannelReport, Failure, Report
from syncer.report.words import counted, word
from syncer.texts import _, ngettext


def as_text(report: Report) -> str:
    """The whole report; one sentence first, details after."""
    return "\n".join(_lines(report)) + "\n"


def brief(report: Report) -> str:
    """The state in a line a channel, after the one sentence."""
    lines = [sentence(report)]
    for channel in report.channels:
        states = counted(channel.listings) or _("none yet")
        text = _("{name}: {states}; open {open}, held {held}, failed {failed}; {run}")
        lines.append(
            text.format(name=channel.name, states=states, open=channel.open, held=channel.held, failed=channel.failed,
                        run=_last_run(channel))
        )  # fmt: skip
    return "\n".join(lines) + "\n"


def sentence(report: Report) -> str:
    """The report in one sentence."""
    if not report.channels:
        return _("No channel yet: name one in the config.")
    if report.needs_action == 0:
        return _("All well.")
    number = report.needs_action
    return ngettext("Action needed: {n} thing.", "Action needed: {n} things.", number).format(n=number)


def _lines(report: Report) -> Iterator[str]:
    yield sentence(report)
    for channel in report.channels:
        yield ""
        yield from _channel(channel, report.made_at)


def _channel(channel: ChannelReport, now: datetime) -> Iterator[str]:
    yield _("Channel {name} ({marketplace}, shop {shop})").format(
        name=channel.name, marketplace=channel.marketplace, shop=channel.shop_id
    )
    yield "  " + _last_run(channel)
    states = counted(channel.listings) or _("none yet")
    yield "  " + _("should be on sale: {wanted}; in the shop: {states}").format(wanted=channel.wanted, states=states)
    fresh = channel.freshness
    yield "  " + _("fresh: price of {price} and stock of {stock} of {offers} offers, {pieces} pieces").format(
        price=fresh.price, stock=fresh.stock, offers=fresh.offers, pieces=channel.pieces
    )
    yield "  " + _("open: {open}; held: {held}; failed: {failed}").format(
        open=channel.open, held=channel.held, failed=channel.failed
    )
    for failure in channel.failures:
        yield from _failure(failure, now)
    for hold in channel.holds:
        yield "  " + _("held {hold}").format(hold=hold)
    for stranger in channel.strangers:
        yield "  " + _("order line of no product of ours: {line}").format(line=stranger)


def _last_run(channel: ChannelReport) -> str:
    run = channel.last_run
    if run is None:
        return _("never synchronised")
    when = local(run.ended_at or run.started_at)
    counts = counted(run.outcomes) or _("nothing to push")
    line = _("last run {id} ({trigger}): {status} at {when}: {counts}").format(
        id=run.id, trigger=word(run.trigger), status=word(run.status), when=when, counts=counts
    )
    return f"{line}; {run.message}" if run.message else line


def _failure(failure: Failure, now: datetime) -> Iterator[str]:
    age = (now - failure.oldest).days
    yield "  " + _("{count} x {cause}, of {producers} producers, oldest {days} days: {who}: {action}").format(
        count=failure.count, cause=failure.advice.name, producers=failure.producers, days=age,
        who=failure.advice.who, action=failure.advice.action,
    )  # fmt: skip
    for example in failure.examples:
        yield f"    {example.sku or example.code} [{example.facet}] {example.message}"
    rest = failure.count - len(failure.examples)
    if rest > 0:
        yield "    " + _("… and {rest} more").format(rest=rest)
