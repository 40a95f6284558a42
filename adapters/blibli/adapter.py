"""Blibli as the engine knows it: the contract, by way of the client, the mapping, the plan, queues and reviews."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.blibli import learning, mapping, orders
from adapters.blibli.causes import row_for
from adapters.blibli.client import BlibliClient, Reply, Store, dump
from adapters.blibli.facts import StoreFacts, load
from adapters.blibli.looking import Looking
from adapters.blibli.planning import NO_CALL, Step, offer_of, pictures_follow, plan_calls
from adapters.blibli.receipts import QUEUE, ROWS, STATUS, Ticket
from adapters.blibli.tracking import Tracking
from adapters.clock import Clock
from adapters.contract import (
    Absent,
    Access,
    Applied,
    AuthError,
    Begun,
    Call,
    Canonical,
    Cause,
    Change,
    Content,
    Deferred,
    Facet,
    Facts,
    Found,
    GrantSource,
    Ids,
    Intent,
    Limits,
    Listing,
    ListingState,
    Locked,
    MarketplaceError,
    NotYet,
    Observed,
    Order,
    Outcome,
    Picture,
    Price,
    Receipt,
    Rejected,
    Transient,
    Unknown,
)
from adapters.pacing import Pacer
from adapters.transport import Transport, new_session

SECRETS = ("client_id", "client_key", "seller_key", "username")
OPTIONAL_SECRETS = ("signature_key",)  # only stores that have set one need it (facts, section 3.1)
PICTURE_MOST = 4 * 1024 * 1024
RETRY_S, POLL_S = 5.0, 180.0


def build(
    access: Access, limits: Limits, grants: GrantSource, clock: Clock, rng: random.Random | None = None,
    pacer: Pacer | None = None,
) -> Blibli:  # fmt: skip
    """A Blibli adapter for one store. There are no tokens here: `grants` is not asked."""
    del grants
    secrets = access.secrets
    store = Store(
        access.shop_id, secrets["client_id"], secrets["client_key"], secrets["seller_key"], secrets["username"],
        secrets.get("signature_key"), access.url, access.location,
    )  # fmt: skip
    transport = Transport(new_session(store.base), clock, pacer or Pacer(clock), limits, rng or random.Random())
    return Blibli(BlibliClient(store, limits, clock, transport), limits, clock)


class PictureProblem(Exception):
    """A picture file is not what was planned: nothing was sent."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


class Blibli:
    """Adapter, Lister, Tracker, OrderSource and Learner of one store on Blibli."""

    marketplace = "blibli"

    def __init__(self, client: BlibliClient, limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self._client, self._clock = client, clock
        self._looking = Looking(client, clock)
        self._tracking = Tracking(client, self._looking, clock, _pause_s(limits))
        self._facts = StoreFacts()

    # --- Adapter -----------------------------------------------------------------------------------------------------

    def calls(self, changes: Sequence[Change]) -> list[Call]:
        """The fewest writes for these changes, most urgent first. Pure."""
        return plan_calls(changes, self._facts, self.limits)

    def send(self, call: Call) -> list[Outcome]:
        """Put one call on the wire; one outcome per change, in order."""
        try:
            return self._send(call)
        except PictureProblem as problem:
            return [Rejected(Cause.rejected, problem.code, problem.text, ("pictures",))] * len(call.changes)
        except MarketplaceError as error:
            return [self._not_sent(error)] * len(call.changes)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return [self._lost("", f"answer not understood: {type(error).__name__}")] * len(call.changes)

    def find(self, intents: Sequence[Intent]) -> list[Found | Absent | NotYet]:
        """Look before you create, in every state; one answer per intent."""
        return self._looking.find(intents)

    def comparable(self, facet: Facet, observed: Observed) -> Canonical | None:
        """What may be compared: prices and stocks by SKU, visibility, the title; the list shows no more (8)."""
        if observed.state is ListingState.gone or observed.receipt is not None:
            return None
        match facet:
            case Facet.price:
                return {o.sku: o.price.list for o in observed.offers if o.sku and o.price} or None
            case Facet.stock:
                return {o.sku: o.stock for o in observed.offers if o.sku and o.stock is not None} or None
            case Facet.structure:
                return {o.sku: o.options for o in observed.offers if o.sku} or None
            case Facet.visibility:
                shown = {ListingState.live: True, ListingState.live_oos: True, ListingState.archived: False}
                return {"visible": shown[observed.state]} if observed.state in shown else None
            case _:
                return None

    # --- Lister, Tracker, OrderSource, Learner -----------------------------------------------------------------------

    def observe(self, since: datetime | None = None, ids: Sequence[str] | None = None) -> Iterator[Observed]:
        """Every live listing, or just these; the lists cannot be asked for what changed since a moment."""
        del since
        return self._looking.observe(ids)

    def poll(self, receipts: Sequence[Receipt]) -> list[Outcome]:
        """What became of queued and reviewed changes."""
        return self._tracking.poll(receipts)

    def orders(self, since: datetime) -> Iterator[Order]:
        """Every order row changed at or after `since`."""
        return orders.changed_since(self._client, since, self._clock.now())

    def learn(self, categories: Sequence[str]) -> Facts:
        """The store's facts for these leaf categories."""
        return learning.learn(self._client, categories)

    def instruct(self, facts: Facts) -> None:
        """Take stored facts into use."""
        self._facts = load(facts)

    # --- sending -----------------------------------------------------------------------------------------------------

    def _send(self, call: Call) -> list[Outcome]:
        match call.operation:
            case "no_offer_id":
                return [Rejected(Cause.missing, NO_CALL, "the shop's id of this listing or offer is not known")]
            case "create" | "revise" | "revise_v1":
                return self._submit(call)
            case "bulk_update":
                return self._queued(call, self._client.exchange("bulk_update", self._bulk_body(call)), ROWS)
            case "archive" | "unarchive":
                return self._queued(call, self._client.exchange(call.operation, call.body), STATUS)
            case "variants_set":
                return self._structure(call)
            case _:
                return self._at_once(call)

    def _submit(self, call: Call) -> list[Outcome]:
        about = Step.of(call.changes[0]).revise
        body = _with_pictures(call)
        reply = self._client.exchange(call.operation, body, about)
        return self._queued(call, reply, QUEUE)

    def _queued(self, call: Call, reply: Reply, stage: str) -> list[Outcome]:
        """A call that a queue took: each change has its ticket."""
        if not reply.ok:
            return [self._failed(reply)] * len(call.changes)
        if not reply.queue:
            return [self._lost("", "accepted without a queue's id")] * len(call.changes)
        now = self._clock.now().timestamp()
        return [self._tracking.accepted(Ticket(stage, reply.queue, _skus(change), now)) for change in call.changes]

    def _bulk_body(self, call: Call) -> str:
        """The rows, each price with the sale price that stands there now: it is the seller's (facts, section 7.5)."""
        body: dict[str, Any] = {"merchantCode": self._client.store.code, **json.loads(call.body)}
        priced = [change for change in call.changes if isinstance(change.to, Price)]
        if priced:
            sales = self._sales([change.sku or "" for change in priced])
            for row in body["productRequests"]:
                if row.get("salePrice") is None and "price" in row:
                    standing = sales.get(row["gdnSku"])
                    row["salePrice"] = standing if standing is not None and standing < row["price"] else row["price"]
        return dump(body)

    def _sales(self, skus: Sequence[str]) -> dict[str, int]:
        """{L4: sale price} of offers that have one now."""
        seen = self._looking.by_sku(skus)
        return {o.external_id: o.price.sale for s in seen for o in s.offers if o.price and o.price.sale is not None}

    def _structure(self, call: Call) -> list[Outcome]:
        """The full list of variants, made of what stands there now; the new ones' ids are read back."""
        change = call.changes[0]
        if change.ids is None or change.listing is None:
            return [Rejected(Cause.missing, NO_CALL, "what the listing should be is not known")]
        l3 = change.ids.listing
        there = self._client.read("variants_list", {}, l3).rows()
        body = mapping.variants_json(change.listing, there, self._facts)
        reply = self._client.exchange("variants_set", body, l3)
        if not reply.ok:
            return [self._failed(reply)]
        rows = self._client.read("variants_list", {}, l3).rows()
        offers = {str(row["sellerSku"]): str(row["blibliSku"]) for row in rows if row.get("sellerSku")}
        return [Applied(Ids(l3, {**change.ids.offers, **offers}), disturbs=(Facet.price, Facet.stock))]

    def _at_once(self, call: Call) -> list[Outcome]:
        change = call.changes[0]
        ids = change.ids or Ids("")
        about = offer_of(change) if call.operation == "stock" else ids.listing
        body = _with_pictures(call) if call.operation == "image_add" else call.body
        reply = self._client.exchange(call.operation, body, about)
        if not reply.ok:
            return [self._failed(reply)]
        if call.operation == "detail_update" and pictures_follow(change):
            return [Begun(change.ids, Step(done=("texts",)).text(), self._clock.now())]
        # A content edit is reviewed anew, and may take the listing offline meanwhile (facts, section 7.8).
        return [Applied(disturbs=(Facet.visibility,) if isinstance(change.to, Content) else ())]

    # --- what it means -----------------------------------------------------------------------------------------------

    def _failed(self, reply: Reply) -> Outcome:
        answer, cause = reply.answer, reply.cause or Cause.unknown
        if answer.arrived == "maybe" or (cause is Cause.transient and answer.arrived == "yes"):
            return self._lost(reply.code, reply.text)
        if cause in (Cause.throttled, Cause.transient, Cause.clock):
            until = self._client.not_before(reply) or self._clock.now() + timedelta(seconds=RETRY_S)
            return Deferred(until, cause, reply.code, reply.text)
        if cause in (Cause.locked, Cause.review):
            return Locked(cause, None, reply.code, reply.text)
        row = row_for(reply.operation, answer.status, reply.code, reply.text)
        return Rejected(cause, reply.code, reply.text, (row.field,) if row and row.field else ())

    def _lost(self, code: str, text: str) -> Unknown:
        return Unknown(self._clock.now() + timedelta(seconds=self.limits.settle_s), code, text)

    def _not_sent(self, error: MarketplaceError) -> Outcome:
        if isinstance(error, AuthError) or not isinstance(error, Transient):
            return Rejected(error.cause, error.code, error.text)
        until = error.until or self._clock.now() + timedelta(seconds=RETRY_S)
        return Deferred(until, error.cause, error.code, error.text)


def _skus(change: Change) -> tuple[str, ...]:
    return tuple(v.sku for v in change.to.structure.variants) if isinstance(change.to, Listing) else ()


def _pause_s(limits: Limits) -> float:
    """How long to wait between two questions about one queue: as long as its published limit asks for (section 6)."""
    rates = [r for r in limits.rates if r.operation == "feed_detail"]
    return max((r.window_s / r.count for r in rates), default=POLL_S)


def _with_pictures(call: Call) -> str:
    """The call's text with every picture's bytes in its place."""
    pictures = {mapping.place_of(p): p for change in call.changes for p in _pictures(change)}
    body = json.loads(call.body)
    for product in body.get("products", []):
        product["imageMap"] = {name: _content(pictures[name]) for name in product["imageMap"]}
    for key in ("imageMap", "data"):
        rows = body.get(key)
        for row in rows if isinstance(rows, list) else []:
            row["data"] = _content(pictures[row["data"]])
    return dump(body)


def _pictures(change: Change) -> Sequence[Picture]:
    if isinstance(change.to, Listing):
        return change.to.content.pictures
    return change.to.pictures if isinstance(change.to, Content) else ()


def _content(picture: Picture) -> str:
    """A picture's bytes in base64, without a prefix.

    Raises:
        PictureProblem: it is gone, too large, or not the one that was planned.
    """
    path = Path(picture.path)
    try:
        content = path.read_bytes()
    except OSError:
        raise PictureProblem("picture_missing", f"{path.name} cannot be read") from None
    if hashlib.sha256(content).hexdigest() != picture.sha256:
        raise PictureProblem("picture_changed", f"{path.name} is no longer the picture that was imported")
    if len(content) > PICTURE_MOST:
        raise PictureProblem("picture_too_large", f"{path.name} has {len(content)} bytes, {PICTURE_MOST} are allowed")
    return base64.b64encode(content).decode()
