"""Lazada as the engine knows it: the contract, by way of the client, the mapping, the plan and the outcomes.

Compiled from public documents and client code; checked against a simulator, never against a live shop.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from adapters.clock import Clock
from adapters.contract import (
    Absent,
    Access,
    Applied,
    Begun,
    Call,
    Canonical,
    CategoryNode,
    Cause,
    Change,
    Content,
    Deferred,
    Facet,
    Facts,
    Found,
    Grant,
    GrantSource,
    Ids,
    Instructions,
    Intent,
    Limits,
    Listing,
    Locked,
    MarketplaceError,
    Noticed,
    NotYet,
    Observed,
    Order,
    Outcome,
    Price,
    Rejected,
    Structure,
    Survey,
)
from adapters.judging import not_sent
from adapters.lazada import consent, learning, mapping, orders, outcomes, reading
from adapters.lazada.assumptions import ASSUMPTIONS, ShopAssumed, answer
from adapters.lazada.client import LazadaClient, Reply, ShopAccess
from adapters.lazada.facts import ShopFacts, load
from adapters.lazada.looking import Looking
from adapters.lazada.outcomes import Context
from adapters.lazada.planning import NO_CALLS, PRICE, STOCK, offer_of, plan_calls
from adapters.lazada.steps import CREATE, READ, UPDATE, UPLOAD, missing_picture
from adapters.lazada.survey import survey
from adapters.pacing import Pacer
from adapters.pictures import PictureProblem, file_of
from adapters.transport import Transport, new_session
from adapters.words import kept, sentence

__all__ = ["ASSUMPTIONS", "OPTIONAL_SECRETS", "SECRETS", "Lazada", "build"]

SECRETS = ("app_key", "app_secret")
OPTIONAL_SECRETS = ("access_token", "refresh_token")  # the first grant; later ones are kept in the store
PICTURES_REMEMBERED, MEGABYTE = 20_000, 1024 * 1024
NOT_UNDERSTOOD = (KeyError, TypeError, ValueError, AttributeError)
"""What reading an answer of a shape that nobody has seen may end in."""


def build(
    access: Access,
    limits: Limits,
    grants: GrantSource,
    clock: Clock,
    rng: random.Random | None = None,
    pacer: Pacer | None = None,
) -> Lazada:
    """A Lazada adapter for one shop. Adapters built with one pacer share their app's budgets."""
    key, secret = access.secrets["app_key"], access.secrets["app_secret"]
    shop = ShopAccess(access.shop_id, key, secret, access.url, access.redirect, access.location)
    transport = Transport(new_session(shop.base), clock, pacer or Pacer(clock), limits, rng or random.Random())
    client = LazadaClient(shop, limits, grants, clock, transport)
    return Lazada(client, limits, clock, ShopAssumed.of(access.assumptions))


class Lazada:
    """Adapter, Lister, OrderSource, Learner, Classifier, Surveyor and Authorizer of one shop on Lazada Indonesia."""

    marketplace = "lazada"

    def __init__(self, client: LazadaClient, limits: Limits, clock: Clock, assumed: ShopAssumed) -> None:
        self.limits = limits
        self._client, self._clock, self._assumed = client, clock, assumed
        self._looking = Looking(client, clock, assumed.page)
        self._facts = ShopFacts()
        self._images: dict[str, str] = {}  # {sha256: address} of what this process uploaded
        self._prices_by = PRICE  # or UpdateProduct, once this seller's prices were refused there

    # --- Adapter

    def calls(self, changes: Sequence[Change]) -> list[Call]:
        """The fewest writes for these changes, most urgent first; of a create or a structure its next step. Pure."""
        return plan_calls(changes, self._facts, self._images, self.limits, self._assumed, self._prices_by)

    def send(self, call: Call) -> list[Outcome]:
        """Put one call on the wire; one outcome per change, in order. An update is preceded by a read."""
        try:
            return self._send(call)
        except PictureProblem as problem:
            refused = Rejected(Cause.rejected, problem.code, problem.text, ("pictures",))
            context = self._context()
            return [outcomes.refuse_fields(c, ("pictures",), refused, context) for c in call.changes]
        except MarketplaceError as error:
            return [not_sent(error, self._context())] * len(call.changes)
        except NOT_UNDERSTOOD as error:
            return [self._context().not_understood(error)] * len(call.changes)

    def find(self, intents: Sequence[Intent]) -> list[Found | Absent | NotYet]:
        """Look before you create, in every state; one answer per intent."""
        return list(self._looking.find(intents))

    def comparable(self, facet: Facet, observed: Observed) -> Canonical | None:
        """What may be compared, in our terms; see `reading`."""
        return reading.comparable(facet, observed)

    # --- Lister, OrderSource, Learner, Classifier, Surveyor

    def observe(self, since: datetime | None = None, ids: Sequence[str] | None = None) -> Iterator[Observed]:
        """Every listing, those changed since, or just these; lazily."""
        return self._looking.observe(since, ids)

    def orders(self, since: datetime) -> Iterator[Order]:
        """Every order changed at or after `since`."""
        return orders.changed_since(self._client, since, self._facts.warehouse)

    def learn(self, categories: Sequence[str]) -> Facts:
        """The shop's facts for these leaf categories."""
        return learning.learn(self._client, categories)

    def instruct(self, facts: Facts) -> None:
        """Take stored facts into use."""
        self._facts = load(facts)
        self._looking.warehouse = self._facts.warehouse

    def tree(self) -> Iterator[CategoryNode]:
        """Every category that this shop is shown."""
        return learning.tree(self._client)

    def suggest(self, title: str) -> tuple[str, ...]:
        """The leafs that Lazada proposes for a title."""
        return learning.suggest(self._client, title)

    def survey(self) -> Survey:
        """Everything that the shop can be asked without writing."""
        return survey(self._client, self._clock.now())

    def noticed(self) -> tuple[Noticed, ...]:
        """What the answers since the last asking showed of open questions and unknown words."""
        return self._client.noticing.drain()

    # --- Authorizer

    def begin(self) -> Instructions:
        """A link that lives thirty minutes."""
        return consent.begin(self._client, self._clock.now())

    def finish(self, callback: Mapping[str, str]) -> list[Grant]:
        """Trade `code` and `state` for grants."""
        return consent.finish(self._client, callback, self._clock.now())

    def refresh(self, grant: Grant) -> Grant:
        """A new pair for `grant`, asked for once."""
        return consent.refresh(self._client, grant, self._clock.now())

    # --- sending

    def _send(self, call: Call) -> list[Outcome]:
        if call.operation in NO_CALLS:
            cause, text = NO_CALLS[call.operation]
            locked = Locked(cause, None, call.operation, text)
            refused: Outcome = locked if cause is Cause.locked else Rejected(cause, call.operation, text)
            return [refused] * len(call.changes)
        if call.operation == UPLOAD:
            return [self._upload(call.changes[0])]
        if call.operation == READ:
            return [self._ids_of(call.changes[0])]
        if call.operation in (PRICE, STOCK):
            return self._by_rows(call, self._put(call.operation, json.loads(call.body)))
        if call.operation == UPDATE:
            return self._update(call)
        change, reply = call.changes[0], self._put(call.operation, json.loads(call.body))
        context = self._context()
        if isinstance(change.to, Listing):
            self._forget_pictures(reply)
            return [outcomes.created(change, reply, context)]
        if isinstance(change.to, Structure):
            return [self._structured(call, change, reply, context)]
        return [outcomes.shown(reply, context)]

    def _put(self, operation: str, body: Mapping[str, Any]) -> Reply:
        """One write; a parameter that is no text travels as JSON text."""
        params = [(name, value if isinstance(value, str) else mapping.dump(value)) for name, value in body.items()]
        return self._client.exchange(operation, params)

    def _update(self, call: Call) -> list[Outcome]:
        """UpdateProduct with every SKU that stands, as it was read just before (facts, section 7.2)."""
        change = call.changes[0]
        payload = json.loads(call.body)["payload"]
        item = payload["Request"]["Product"]["ItemId"]
        began = self._clock.monotonic()
        shown = self._looking.product(item)
        if self._clock.monotonic() - began > self.limits.deadline_s:
            # The lease was armed for a read and a write: a write that starts later may outlive it.
            text = sentence("reading the product took too long to write after it")
            return [Deferred(self._clock.now(), Cause.transient, "read_too_slow", text)] * len(call.changes)
        if shown is None:
            text = kept("Lazada no longer shows the product {item}", item=str(item))
            gone = Rejected(Cause.missing, "item_gone", text)
            return [gone] * len(call.changes)
        reply = self._put(UPDATE, {"payload": mapping.completed(payload, shown)})
        context = self._context()
        if isinstance(change.to, Price):
            return self._by_rows(call, reply)
        if isinstance(change.to, Content):
            self._forget_pictures(reply)
            return [outcomes.edited(change, reply, context)]
        if isinstance(change.to, Structure):
            return [self._structured(call, change, reply, context)]
        return [outcomes.shown(reply, context)]

    def _structured(self, call: Call, change: Change, reply: Reply, context: Context) -> Outcome:
        """New variants; their ids are read where the answer does not tell them, or says that they are there."""
        outcome = outcomes.structured(call, change, reply, context)
        if reply.ok and call.operation == CREATE:
            self._saw("associated_sku", outcomes.joined_by(call, change), CREATE, "a variant joined its product")
        ids = getattr(outcome, "ids", None)
        wanted = {v.sku for v in change.to.variants} if isinstance(change.to, Structure) else set()
        if not isinstance(outcome, Applied) or ids is None or not wanted - set(ids.offers):
            return outcome
        try:
            row = self._looking.product(ids.listing)
        except MarketplaceError as error:
            return context.lost(error.code, error.text)  # written, but its ids are not known
        known = mapping.observed(row, context.now).ids() if row is not None else ids
        return Applied(Ids(ids.listing, {**known.offers, **ids.offers}), outcome.warnings, outcome.disturbs)

    def _upload(self, change: Change) -> Outcome:
        # What another call has uploaded since is uploaded once more rather than nothing at all.
        picture = missing_picture(change, self._images) or missing_picture(change, {})
        if picture is None:
            return Begun(change.ids, change.next_step or "{}", self._clock.now())
        file = file_of(picture, self._assumed.picture_bytes)
        reply = self._client.exchange(UPLOAD, parts=(("image", *file),))
        if reply.ok and len(file[1]) > MEGABYTE:
            self._saw("image_size", "3 MB", UPLOAD, f"a picture of {len(file[1])} bytes")
        outcome, address = outcomes.uploaded(change, picture.sha256, reply, self._context())
        if len(self._images) > PICTURES_REMEMBERED:
            self._images.clear()
        if address:
            self._images[picture.sha256] = address
        return outcome

    def _forget_pictures(self, reply: Reply) -> None:
        """An address that Lazada does not take is not used again."""
        if not reply.ok and "pictures" in outcomes.refused_fields(reply):
            self._images.clear()

    def _ids_of(self, change: Change) -> Outcome:
        """The end of a create whose answer did not tell every id."""
        assert change.ids is not None
        row, context = self._looking.product(change.ids.listing), self._context()
        if row is None:
            return context.lost("", sentence("created, but not shown yet"))
        known = mapping.observed(row, context.now).ids()
        ids = Ids(known.listing, {**known.offers, **change.ids.offers})
        outcome = outcomes.applied_create(change, ids, context)
        if isinstance(outcome, Applied):
            return outcome
        return context.lost("", sentence("created, but not with all of its SKUs"))

    # --- calls of several SKUs

    def _by_rows(self, call: Call, reply: Reply) -> list[Outcome]:
        context = self._context()
        found = outcomes.by_rows(call, reply, context)
        if call.operation == PRICE and "SELLER_NOT_PERMITTED" in f"{reply.code} {reply.text}":
            self._prices_by = UPDATE  # this seller's, all of them; 4225 speaks of one item only (facts, section 7.3)
            self._saw("not_permitted_price", "refused", call.operation, "SELLER_NOT_PERMITTED")
        left = [change for change, outcome in zip(call.changes, found, strict=True) if outcome is None]
        if not left:
            return [outcome for outcome in found if outcome is not None]
        there = self._standing(left)
        pairs = zip(call.changes, found, strict=True)
        return [outcome or self._read_back(call, change, there, reply, context) for change, outcome in pairs]

    def _standing(self, changes: Sequence[Change]) -> Mapping[str, tuple[int | None, int | None]] | None:
        """{offer id: (list price, stock)} as they stand after a call that says nothing of them; None = not readable."""
        try:
            rows = self._looking.by_skus([str(change.sku) for change in changes])
        except MarketplaceError:
            return None
        seen = (mapping.observed(row, self._clock.now(), self._facts.warehouse) for row in rows)
        return {o.external_id: (o.price.list if o.price else None, o.stock) for one in seen for o in one.offers}

    def _read_back(
        self,
        call: Call,
        change: Change,
        there: Mapping[str, tuple[int | None, int | None]] | None,
        reply: Reply,
        context: Context,
    ) -> Outcome:
        """What shows as it was sent was applied; everything else is sent once more, apart (facts, section 4.1)."""
        if there is None:
            return context.lost(reply.code, reply.text)
        offer = offer_of(change)
        price, stock = there.get(offer, (None, None))
        applied = price == change.to.list if isinstance(change.to, Price) else stock == change.to
        if offer in there and change.before != change.to and reply.code != "0":
            said = "applied" if applied else "untouched"
            self._saw("refused_rest", said, call.operation, f"read back after code {reply.code}")
        return Applied() if applied else outcomes.halved(call, change, context)

    def _saw(self, question: str, position: str, operation: str, evidence: str) -> None:
        """An open question that is answered by what was sent together with what came back."""
        self._client.noticing.saw(answer(question, position, operation, evidence))

    def _context(self) -> Context:
        """The reading of an answer; what is to wait, waits from now."""
        return Context(self._clock.now(), self.limits, self._facts)
