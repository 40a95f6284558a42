"""Reading a store's listings: all of them, some of them, and those that answer to an intent, in every state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from adapters.blibli import reads
from adapters.blibli.client import BlibliClient, instant
from adapters.blibli.facts import ShopFacts
from adapters.blibli.outcomes import LOST_SETTLES, Context
from adapters.blibli.reads import Feed, FeedRow, Queued
from adapters.blibli.receipts import QUEUE, REVIEW, Mark
from adapters.blibli.seen import (
    SUBMISSION_STATES,
    by_listing,
    in_queue,
    listing_from,
    submission,
    without_variants,
)
from adapters.blibli.signing import WIB
from adapters.contract import Absent, Found, Intent, ListingState, NotYet, Observed, Transient

Row = Mapping[str, Any]
OVERLAP = timedelta(minutes=5)  # their clock and ours
BY_TITLE_AT_MOST = 5
"""So many listings are read by their title, which shows variants that were added by hand; more by their SKUs."""
FEW = 3
"""For so few looks the search is the shorter way in any store."""
HARD_TO_SEE = {"OOS": ListingState.live_oos, "SUSPENDED": ListingState.banned}
"""States of list V3 that another list may not show (facts, section 8)."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier read of this process saw of a listing: how it is found again."""

    title: str
    skus: tuple[str, ...]
    offers: frozenset[str]
    nameless: tuple[str, ...] = ()
    """Offers without a seller SKU, to be asked for one by one."""


class Looking:
    """Reads of one store's listings."""

    def __init__(self, client: BlibliClient) -> None:
        self._client = client
        self._known: dict[str, Known] = {}
        self._reviewed: set[str] = set()
        """Listings of which a variant was in review when it was last read."""

    # --- observe

    def observe(self, ids: Sequence[str] | None, facts: ShopFacts, context: Context) -> Iterator[Observed]:
        """Every listing, or those with these ids; each once, nothing read before the first is asked for.

        Variants of one listing may stand on several pages, so all pages are read before the first listing is given.
        """
        if ids is None:
            suspended = self._states(("SUSPENDED",))
            listings = self._everything(facts, context, suspended)
            pending = list(reads.submissions(self._client))
            judged = _judgements(pending)
            yield from (_judged(listing, judged) for listing in listings)
            yield from _in_review(pending, {listing.external_id for listing in listings}, context)
            return
        wanted = list(dict.fromkeys(ids))
        found = self._some(wanted, facts, context)
        missing = [one for one in wanted if one not in found]
        if missing:
            # Never seen, renamed or gone: only the whole list can tell.
            found |= {o.external_id: o for o in self._everything(facts, context, {}) if o.external_id in missing}
        judged = self._judgements(found)
        yield from (_judged(found[one], judged) for one in wanted if one in found)

    def _with_others(self, listing: str, known: Known) -> Known:
        """With the variants that were added by hand: rows of a product with options bear names of their own, which
        no search for the product finds, and a write of variants that left one out would end it.
        """
        rows = reads.variants_of(self._client, listing)
        skus = dict.fromkeys([*known.skus, *(str(row["sellerSku"]) for row in rows if row.get("sellerSku"))])
        ids = frozenset(str(row["blibliSku"]) for row in rows if row.get("blibliSku"))
        bare = tuple(str(row["blibliSku"]) for row in rows if row.get("blibliSku") and not row.get("sellerSku"))
        return Known(known.title, tuple(skus), ids or known.offers, bare)

    def _judgements(self, found: Mapping[str, Observed]) -> dict[str, ListingState]:
        """What the review says of listings that were live once: all of it only where one of them is in review now."""
        if not found:
            return {}
        state = "ALL" if self._reviewed & set(found) else "NEED_CORRECTION"
        return _judgements(reads.submissions(self._client, state=state))

    def _everything(self, facts: ShopFacts, context: Context, suspended: Mapping[str, Row]) -> list[Observed]:
        rows = [row for archived in (False, True) for row in reads.variants(self._client, archived)]
        listings = self._listings(rows, facts, context, suspended)
        seen = {listing.external_id for listing in listings}
        hidden = (row for l3, row in suspended.items() if l3 not in seen)
        return [*listings, *(without_variants(row, ListingState.banned, context.now) for row in hidden)]

    def _some(self, ids: Sequence[str], facts: ShopFacts, context: Context) -> dict[str, Observed]:
        """Those of these listings that an earlier read knows by SKU or title; whole, or not at all."""
        known = {one: self._known[one] for one in ids if one in self._known}
        rows: list[Row] = []
        for archived in (False, True):
            if len(ids) <= BY_TITLE_AT_MOST:
                for one in known.values():
                    rows += reads.variants(self._client, archived, productName=one.title)
        if len(ids) <= BY_TITLE_AT_MOST:
            named = {str(row.get("productSku")) for row in rows}
            known |= {one: self._with_others(one, known[one]) for one in known if one not in named}
        for archived in (False, True):
            for one in known.values():
                for offer in one.nameless:
                    rows += reads.variants(self._client, archived, gdnSku=offer)
            skus = [sku for one in known.values() for sku in one.skus]
            rows += reads.variants_by_sku(self._client, skus, archived) if skus else []
        before = {one: known[one].offers for one in known}
        found = {o.external_id: o for o in self._listings(rows, facts, context, {}) if o.external_id in known}
        return {one: o for one, o in found.items() if before[one] <= {f.external_id for f in o.offers}}

    def _listings(
        self, rows: Iterable[Row], facts: ShopFacts, context: Context, suspended: Mapping[str, Row]
    ) -> list[Observed]:
        grouped = by_listing(rows, facts.point)
        listings = [listing_from(l3, group, context.now, l3 in suspended) for l3, group in grouped.items()]
        in_review = {l3 for l3, group in grouped.items() if any(row.get("review") for row in group)}
        self._reviewed = (self._reviewed - set(grouped)) | in_review
        for o in listings:
            skus = tuple(f.sku for f in o.offers if f.sku)
            self._known[o.external_id] = Known(o.title, skus, frozenset(f.external_id for f in o.offers))
        return listings

    def _states(self, states: Iterable[str]) -> dict[str, Row]:
        """{L3: row of list V3} of every product in these states."""
        rows = (row for state in states for row in reads.products(self._client, state))
        return {str((row.get("product") or {}).get("sku")): row for row in rows}

    # --- find

    def find(self, intents: Sequence[Intent], facts: ShopFacts, context: Context) -> list[Found | Absent | NotYet]:
        """What answers to each intent: live, archived, out of stock, suspended, in review, rejected, in a queue."""
        if not intents:
            return []
        hidden = self._states(HARD_TO_SEE)
        rows = self._all_if_few(len(intents))
        if rows is None:
            rows = [row for archived in (False, True) for row in self._rows_of(intents, archived)]
        pending = list(reads.submissions(self._client))
        judged = _judgements(pending)
        listings = Shown(_judged(o, judged) for o in self._listings(rows, facts, context, {}))
        sent = [i for i in intents if i.sent_at is not None]
        queues = _Queues(self._client, sent, context)
        return [self._answer(intent, listings, hidden, pending, queues, context) for intent in intents]

    def _all_if_few(self, looks: int) -> list[Row] | None:
        """The whole store, if that takes no more pages than there are looks; fewer calls than a search for each."""
        if looks <= FEW:
            return None
        rows: list[Row] = []
        most = looks * reads.PAGE_V2
        for archived in (False, True):
            rows += islice(reads.variants(self._client, archived), most + 1 - len(rows))
            if len(rows) > most:
                return None
        return rows

    def _rows_of(self, intents: Sequence[Intent], archived: bool) -> Iterator[Row]:
        """By every SKU; by title too, where nothing was sent yet: a listing made by hand may carry no SKU."""
        yield from reads.variants_by_sku(self._client, [sku for i in intents for sku in i.skus], archived)
        for intent in intents:
            if intent.sent_at is None:
                yield from reads.variants(self._client, archived, productName=intent.title)

    def _answer(
        self,
        intent: Intent,
        listings: Shown,
        hidden: Mapping[str, Row],
        pending: Sequence[Row],
        queues: _Queues,
        context: Context,
    ) -> Found | Absent | NotYet:
        found = listings.answering(intent)
        shown = {o.external_id for o in found}
        found += [
            without_variants(row, HARD_TO_SEE.get(_state(row), ListingState.banned), context.now)
            for l3, row in hidden.items()
            if l3 not in shown and _same(str(_product(row).get("name")), intent.title)
        ]
        found = [_overlaid(o, hidden) for o in found]
        known = {o.external_id for o in found}
        found += [o for o in self._submitted(intent, pending, queues, context) if o.external_id not in known]
        if intent.sent_at is not None and not found:
            found += self._gone(intent, context) or queues.of(intent)
        if found:
            return Found(tuple(sorted(found, key=lambda o: (o.created_at or context.now, o.external_id))))
        return queues.unsure(intent) or Absent()

    def _submitted(self, intent: Intent, pending: Sequence[Row], queues: _Queues, context: Context) -> list[Observed]:
        """Products in review, by title and by every SKU: the rows themselves show no seller SKU (facts, 7.3)."""
        if not pending:
            return []
        rows = {_code(row): row for row in pending if _same(str(_product(row).get("name")), intent.title)}
        for sku in intent.skus:
            rows |= {_code(row): row for row in reads.submissions(self._client, sku)}
        out = []
        for code, row in rows.items():
            at = int((intent.sent_at or context.now).timestamp())
            mark = replace(context.mark(REVIEW, skus=intent.skus, code=code), at=at)
            out.append(submission(row, mark.text(), queues.dated(code), context.now))
        return out

    def _gone(self, intent: Intent, context: Context) -> list[Observed]:
        """Rejected since it was sent; what was rejected before is no obstacle to a new create."""
        assert intent.sent_at is not None
        since = intent.sent_at - OVERLAP
        for row in reversed(reads.rejections(self._client, intent.skus[0])):
            at = instant(row.get("rejectedDate"))
            if at is not None and at >= since:
                code = str(row.get("productCode") or "")
                mark = replace(context.mark(REVIEW, skus=intent.skus, code=code), at=int(intent.sent_at.timestamp()))
                title = str(row.get("productName") or intent.title)
                return [in_queue(code, title, ListingState.rejected, at, mark.text(), context.now)]
        return []


# --- queues whose id was lost with an answer -------------------------------------------------------------------------


class _Queues:
    """The creating queues of the days on which these intents were sent, each read once, only when asked for."""

    def __init__(self, client: BlibliClient, sent: Sequence[Intent], context: Context) -> None:
        self._client, self._sent, self._context = client, sent, context
        self._feeds: list[tuple[Queued, Feed | None]] | None = None

    def of(self, intent: Intent) -> list[Observed]:
        """Where one of these queues names the intent's SKUs: queued, or refused by its row."""
        rows = ((queued, row) for queued, feed in self._since(intent) for row in (feed.rows if feed else ()))
        return [self._seen(intent, queued, row) for queued, row in rows if _names(row, intent)]

    def unsure(self, intent: Intent) -> NotYet | None:
        """A queue that may hold the intent and does not say so yet; after a day it is believed to hold nothing."""
        for queued, feed in self._since(intent):
            lost_from = (queued.at or intent.sent_at or self._context.now) + timedelta(
                seconds=LOST_SETTLES * self._context.limits.settle_s
            )
            if (feed is None or not feed.finished) and self._context.now < lost_from:
                return NotYet(self._context.later(self._context.queue_pause_s))
        return None

    def dated(self, code: str) -> datetime | None:
        """When the product of this code was handed in, as far as these queues tell."""
        for queued, feed in self._read() if self._sent else ():
            if feed and any(row.code == code for row in feed.rows):
                return queued.at
        return None

    def _seen(self, intent: Intent, queued: Queued, row: FeedRow) -> Observed:
        sent_at = int((queued.at or self._context.now).timestamp())
        mark = Mark(QUEUE, sent_at, queued.queue, intent.skus, row.code)
        state = ListingState.queued if row.ok else ListingState.rejected
        at = queued.at or intent.sent_at
        return in_queue(row.code or queued.queue, intent.title, state, at, mark.text(), self._context.now)

    def _since(self, intent: Intent) -> Iterator[tuple[Queued, Feed | None]]:
        if intent.sent_at is None:
            return
        since = intent.sent_at - OVERLAP
        yield from ((q, f) for q, f in self._read() if q.at is None or q.at >= since)

    def _read(self) -> list[tuple[Queued, Feed | None]]:
        if self._feeds is None:
            first = min((i.sent_at for i in self._sent if i.sent_at), default=self._context.now) - OVERLAP
            found = {q.queue: q for day in _days(self._sent) for q in reads.queues(self._client, day)}
            recent = [q for q in found.values() if q.at is None or q.at >= first]
            self._feeds = [(q, self._feed(q.queue)) for q in recent]
        return self._feeds

    def _feed(self, queue: str) -> Feed | None:
        """One queue's history; None where its small budget is used up."""
        try:
            return reads.feed(self._client, queue)
        except Transient:
            return None


def _days(intents: Sequence[Intent]) -> list[str]:
    """The days, in Jakarta, on which these intents may have been queued; two around midnight."""
    days: dict[str, None] = {}
    for intent in intents:
        if intent.sent_at is not None:
            for at in (intent.sent_at - OVERLAP, intent.sent_at + OVERLAP):
                days[at.astimezone(WIB).date().isoformat()] = None
    return list(days)


def _names(row: FeedRow, intent: Intent) -> bool:
    if row.skus:
        return bool({s.casefold() for s in row.skus} & {s.casefold() for s in intent.skus})
    return _same(str(row.value.get("productName") or ""), intent.title)


# --- what answers to an intent ---------------------------------------------------------------------------------------


class Shown:
    """Listings by what an intent answers to: a variant's SKU, or the title."""

    def __init__(self, listings: Iterable[Observed]) -> None:
        self._by_word = defaultdict[tuple[str, str], list[Observed]](list)
        for listing in listings:
            words = {("sku", o.sku.casefold()) for o in listing.offers if o.sku}
            for word in {*words, ("title", listing.title.strip().casefold())}:
                self._by_word[word].append(listing)

    def answering(self, intent: Intent) -> list[Observed]:
        """Each listing that bears one of its SKUs or its title, once."""
        words = [("sku", sku.casefold()) for sku in intent.skus]
        words += [("title", title)] if (title := intent.title.strip().casefold()) else []
        return list({hit.external_id: hit for word in words for hit in self._by_word.get(word, ())}.values())


def _overlaid(listing: Observed, hidden: Mapping[str, Row]) -> Observed:
    """Suspended is said by list V3 alone."""
    row = hidden.get(listing.external_id)
    suspended = row is not None and _state(row) == "SUSPENDED"
    return replace(listing, state=ListingState.banned) if suspended else listing


def _judgements(pending: Iterable[Row]) -> dict[str, ListingState]:
    """{L3: state} of what is in review or was sent back, as far as it has an L3: what was live once has one."""
    states = ((str(_product(row).get("sku")), SUBMISSION_STATES.get(_state(row))) for row in pending)
    return {l3: state for l3, state in states if state is not None}


def _judged(listing: Observed, judged: Mapping[str, ListingState]) -> Observed:
    """What was live once still stands in the list by variants while an edit of it is in review, or was sent back."""
    state = judged.get(listing.external_id)
    return listing if state is None else replace(listing, state=state)


def _in_review(pending: Sequence[Row], shown: Container[str], context: Context) -> Iterator[Observed]:
    """What was never live, by the receipt that follows it."""
    for row in pending:
        seen = submission(row, context.mark(REVIEW, code=_code(row)).text(), None, context.now)
        if seen.external_id not in shown:
            yield seen


def _same(one: str, other: str) -> bool:
    return bool(one.strip()) and one.strip().casefold() == other.strip().casefold()


def _product(row: Row) -> Row:
    found = row.get("product")
    return found if isinstance(found, dict) else {}


def _state(row: Row) -> str:
    return str(_product(row).get("state") or "")


def _code(row: Row) -> str:
    return str(_product(row).get("code") or "")
