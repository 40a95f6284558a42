"""The whole page: the sentence on top, then shops, failures, reviews, decisions and gaps."""

from __future__ import annotations

from syncer.report.dates import local
from syncer.report.html import sections
from syncer.report.html.markup import Markup, document, element, joined, style
from syncer.report.html.style import SHEET
from syncer.report.sentences import aside, headline
from syncer.report.values import Report
from syncer.report.words import who_word
from syncer.texts import _, language


def as_html(report: Report) -> str:
    """The report as one file, in the language in use: no script, and nothing that is loaded from elsewhere."""
    title = _("Sync report, {when}").format(when=local(report.made_at))
    head = joined(
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="robots", content="noindex"),
        element("title", title),
        style(SHEET),
    )
    body = joined(
        element("header", element("h1", title), _banner(report)),
        element(
            "main",
            sections.silence(report),
            sections.channels(report),
            sections.failures(report),
            sections.reviews(report),
            sections.holds(report),
            sections.warnings(report),
            sections.gaps(report),
        ),
        element("footer", _small_print()),
    )
    return document(language(), head, body)


def _banner(report: Report) -> Markup:
    """The answer to the only question that everybody has: is all well, and if not, who must act?"""
    well = report.needs_action == 0
    kind, sign = ("good", "✔") if well and report.channels else ("wait", "…") if well else ("bad", "!")
    people = [
        element("li", _("{who}: {n}").format(who=who_word(who), n=number))
        for who, number in report.tasks.items()
        if number
    ]
    return element(
        "div",
        element("p", element("span", sign, aria_hidden="true"), element("span", headline(report)), class_="big"),
        element("ul", *people, class_="people") if people else None,
        element("p", aside(report)) if aside(report) else None,
        class_=f"banner {kind}",
    )


def _small_print() -> Markup:
    fresh = _(
        "Fresh = read back in the shop (stock within 6 hours, price within 24 hours), live, and as it should be. "
        "What was only sent is not fresh."
    )
    once = _("Every failure is counted once, under its first cause. Times are WIB.")
    return joined(element("p", fresh, class_="soft"), element("p", once, class_="soft"))
