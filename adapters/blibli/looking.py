"""Reading a store's listings: all of them, some, and those that answer to an intent, in every state (trap 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from adapters.blibli import mapping
from adapters.blibli.client import WIB, BlibliClient
from adapters.blibli.queues import history
from adapters.blibli.receipts import QUEUE, REVIEW, Ticket
from adapters.clock import Clock
from adapters.contract import Absent, Found, Intent, ListingState, NotYet, Observed

SKUS_PER_READ = 50
CREATE_ACTION = "createProductV2"
SKEW = timedelta(minutes=5)
Row = Mapping[str, Any]


class Looking:
    """Reads of one store's listings. Remembers which SKUs stand under which listing: a list can be asked for SKUs."""

    def __init__(self, client: BlibliClient, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._skus: dict[str, tuple[str, ...]] = {}

    # --- observe -----------------------------------------------------------------------------------------------------

    def observe(self, ids: Sequence[str] | None) -> Iterator[Observed]:
        """Every listing, archived and sold out ones included, or just these."""
        wanted = None if ids is None else list(dict.fromkeys(ids))
        if wanted is not None and all(one in self._skus for one in wanted):
            skus = [sku for one in wanted for sku in self._skus[one]]
            yield from (seen for seen in self.by_sku(skus) if seen.external_id in set(wanted))
            return
        for seen in self._whole():
            if wanted is None or seen.external_id in wanted:
                yield seen

    def by_sku(self, skus: Sequence[str]) -> list[Observed]:
        """The live listings that hold these SKUs."""
        rows: list[Row] = []
        for at in range(0, len(skus), SKUS_PER_READ):
            rows += self._client.variants(merchantSkus=list(skus[at : at + SKUS_PER_READ]))
        return self._known(mapping.listings(rows, self._clock.now()))

    def _whole(self) -> Iterator[Observed]:
        """Pages may shift while they are turned, and a listing's rows may stand on two of them: all are read first."""
        rows = {str(row["gdnSku"]): row for archived in (False, True) for row in
                self._client.variants(isArchive=archived) if row.get("gdnSku")}  # fmt: skip
        yield from self._known(mapping.listings(list(rows.values()), self._clock.now()))

    def _known(self, found: list[Observed]) -> list[Observed]:
        for seen in found:
            skus = tuple(offer.sku for offer in seen.offers if offer.sku)
            self._skus[seen.external_id] = tuple(dict.fromkeys([*self._skus.get(seen.external_id, ()), *skus]))
        return found

    # --- find --------------------------------------------------------------------------------------------------------

    def find(self, intents: Sequence[Intent]) -> list[Found | Absent | NotYet]:
        """What answers to each intent: live, submitted, sent back; for those that were sent also in lost queues."""
        live = self.by_sku([sku for intent in intents for sku in intent.skus])
        queued = self._lost_queues(intents)
        return [self._of_intent(intent, live, queued) for intent in intents]

    def _of_intent(
        self, intent: Intent, live: Sequence[Observed], queued: Mapping[str, Sequence[str]]
    ) -> Found | Absent | NotYet:
        skus = {sku.casefold() for sku in intent.skus}
        hits = [seen for seen in live if skus & {o.sku.casefold() for o in seen.offers if o.sku}]
        hits += self.submitted(intent.skus, intent.sent_at)
        if hits:
            return Found(tuple(sorted(hits, key=lambda o: (o.created_at or o.seen_at, o.external_id))))
        for queue, held in queued.items():
            if skus & {sku.casefold() for sku in held}:
                return Found((self._queued(intent, queue),))
        unread = [queue for queue, held in queued.items() if not held]
        if unread and intent.sent_at is not None:
            # A queue of that day does not say yet what it holds: ours may be in it.
            return NotYet(self._clock.now() + timedelta(seconds=max(self._client.limits.settle_s / 4, 1.0)))
        return Absent()

    def submitted(self, skus: Sequence[str], sent_at: datetime | None) -> list[Observed]:
        """Submissions that hold one of these SKUs; a submission's row does not say when it was made."""
        found: dict[str, Observed] = {}
        for sku in skus:
            for row in self._client.submissions(sku):
                code = str((row.get("product") or {}).get("code") or "")
                ticket = Ticket(REVIEW, "", tuple(skus), self._clock.now().timestamp(), code=code)
                seen = mapping.submission(row, ticket.text(), self._clock.now())
                if seen is not None:
                    found[code] = mapping.named(seen, sent_at)
            if found:
                break  # all variants of a product stand in one submission
        return list(found.values())

    def rejected(self, skus: Sequence[str]) -> str | None:
        """Why a submission with one of these SKUs was refused for good; None: there is none."""
        for sku in skus[:1]:
            rows = self._client.read("rejected", query=(("merchantSku", sku),)).rows()
            if rows:
                return str(rows[-1].get("rejectedReason") or "")
        return None

    def _queued(self, intent: Intent, queue: str) -> Observed:
        now = self._clock.now()
        ticket = Ticket(QUEUE, queue, intent.skus, now.timestamp())
        return Observed(queue, None, intent.title, ListingState.queued, intent.sent_at or now, None, now,
                        receipt=ticket.text())  # fmt: skip

    def _lost_queues(self, intents: Sequence[Intent]) -> dict[str, list[str]]:
        """{queue id: SKUs that its history names} of the days on which intents were sent: what a lost answer said."""
        sent = [intent.sent_at for intent in intents if intent.sent_at is not None]
        if not sent:
            return {}
        days = {moment.astimezone(WIB).date() for s in sent for moment in (s - SKEW, s + SKEW)}
        found: dict[str, list[str]] = {}
        for day in sorted(days):
            for status in ("IN_PROGRESS", "FINISHED"):
                query = (("queueDate", day.isoformat()), ("queueAction", CREATE_ACTION), ("status", status))
                for row in self._client.read("feed_list", query=query).rows():
                    queue, made = str(row.get("requestId") or ""), row.get("timeStamp")
                    if queue and self._since(made, min(sent)):
                        found[queue] = self._held(queue)
        return found

    def _since(self, milliseconds: Any, sent: datetime) -> bool:
        return not isinstance(milliseconds, int | float) or milliseconds / 1000 >= (sent - SKEW).timestamp()

    def _held(self, queue: str) -> list[str]:
        return [sku for row in history(self._client, queue)[1] for sku in row.skus]
