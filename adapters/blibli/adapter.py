"""Blibli as the engine knows it: the contract, by way of the client, the mapping, the plan and the outcomes.

There are no tokens: the integrator's keys and the store's seller key stand in the secrets, so `grants` is not asked.
"""

from __future__ import annotations

import base64
import json
import random
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from adapters.blibli import learning, looking, orders, outcomes, pairs, seen
from adapters.blibli.assumptions import ASSUMPTIONS
from adapters.blibli.client import BlibliClient, Reply, ShopAccess
from adapters.blibli.facts import PRICE_FLOORS, ShopFacts, load
from adapters.blibli.mapping import PLACEHOLDER, dump
from adapters.blibli.outcomes import Context
from adapters.blibli.planning import CREATE_BYTES, SILENT, offer_of, plan_calls, product_skus
from adapters.blibli.receipts import Memory
from adapters.blibli.survey import survey
from adapters.blibli.tracking import Tracking
from adapters.clock import Clock
from adapters.contract import (
    Absent,
    Access,
    Call,
    Canonical,
    CategoryNode,
    Cause,
    Change,
    Deferred,
    Facet,
    Facts,
    Found,
    GrantSource,
    Intent,
    Limits,
    Listing,
    MarketplaceError,
    Noticed,
    NotYet,
    Observed,
    Order,
    Outcome,
    Picture,
    Receipt,
    Rejected,
    Survey,
)
from adapters.judging import RETRY_S, not_sent
from adapters.pacing import Pacer
from adapters.pictures import PictureProblem, content_of
from adapters.transport import Safety, Transport, new_session
from adapters.words import sentence

__all__ = ["ASSUMPTIONS", "BY_KEYS", "OPTIONAL_SECRETS", "SECRETS", "Blibli", "build"]

SECRETS = ("client_id", "client_key", "seller_key", "username")
OPTIONAL_SECRETS = ("signature_key",)  # once the seller has set one, Blibli wants every call signed (facts, 3.1)
BY_KEYS = sentence(
    "Have the store's owner make an API key for our app in Blibli's Seller Center, and approve the binding of the "
    "store to our app there; Blibli has been seen to take about two working days. Put client_id, client_key, "
    "seller_key, username and, if the owner has set one, signature_key into secrets.env."
)
"""How a store's owner lets us in: there is no link, keys and an approval instead (facts, section 3.1)."""

PICTURED = ("create", "revise", "variants_set")
"""Calls whose pictures are placeholders until they are sent."""

MAX_PICTURE = 4 * 1024 * 1024  # facts, section 6
Json = dict[str, Any]

_pacers: weakref.WeakKeyDictionary[Clock, Pacer] = weakref.WeakKeyDictionary()


def build(
    access: Access,
    limits: Limits,
    grants: GrantSource,  # noqa: ARG001 - there is nothing to grant
    clock: Clock,
    rng: random.Random | None = None,
    pacer: Pacer | None = None,
) -> Blibli:
    """A Blibli adapter for one store. Adapters built with one clock (or one pacer) share their app's budgets.

    Open questions that a store has answered: ``blibli.price_floor`` = 1000 | 1, ``blibli.create_body`` = list | single.
    """
    keys = access.secrets
    shop = ShopAccess(
        access.shop_id, keys["client_id"], keys["client_key"], keys["seller_key"], keys["username"],
        keys.get("signature_key") or None, access.url, access.location,
    )  # fmt: skip
    rng = rng or random.Random()
    transport = Transport(new_session(shop.base), clock, pacer or _pacers.setdefault(clock, Pacer(clock)), limits, rng)
    return Blibli(BlibliClient(shop, limits, clock, transport, rng), limits, clock, access.assumptions)


@dataclass(frozen=True, slots=True)
class Packed:
    """A body with its pictures or sale prices in it; `left_out` = by SKU or product code, what is not sent, and why.

    `ended` = SKUs whose discount the call ends.
    """

    body: bytes
    left_out: Mapping[str, Outcome]
    ended: tuple[str, ...] = ()


class Blibli:
    """Adapter, Lister, Tracker, OrderSource, Learner, Classifier and Surveyor of one store on Blibli."""

    marketplace = "blibli"

    def __init__(
        self, client: BlibliClient, limits: Limits, clock: Clock, assumptions: Mapping[str, str] | None = None
    ) -> None:
        said = assumptions or {}
        self.limits = limits
        self._client, self._clock = client, clock
        self._floor = PRICE_FLOORS.get(said.get("blibli.price_floor", ""), PRICE_FLOORS["1000"])
        bound = client.access.location
        single = said.get("blibli.create_body") == "single"
        self._facts = ShopFacts(client.access.store, bound, bound is not None, one_product_per_create=single)
        self._looking = looking.Looking(client)
        self._orders = orders.Orders(client)
        self._tracking = Tracking(client, clock, limits, lambda: self._facts)

    # --- Adapter

    def calls(self, changes: Sequence[Change]) -> list[Call]:
        """The fewest writes for these changes, most urgent first; of a create its next step. Pure."""
        return plan_calls(changes, self._facts, self.limits)

    def send(self, call: Call) -> list[Outcome]:
        """Put one call on the wire; one outcome per change, in order."""
        if call.operation in SILENT:
            return outcomes.silent(call, self._context())
        try:
            return self._send(call)
        except MarketplaceError as error:
            return [not_sent(error, self._context())] * len(call.changes)

    def find(self, intents: Sequence[Intent]) -> list[Found | Absent | NotYet]:
        """Look before you create, in every state; one answer per intent."""
        return self._looking.find(intents, self._facts, self._context())

    def comparable(self, facet: Facet, observed: Observed) -> Canonical | None:
        """What may be compared, in our terms; see `seen`."""
        return seen.comparable(facet, observed)

    # --- Lister, Tracker, OrderSource, Learner

    def observe(self, since: datetime | None = None, ids: Sequence[str] | None = None) -> Iterator[Observed]:  # noqa: ARG002
        """Every listing, or just these; lazily. No list filters by the time of a change, so `since` gives all."""
        return self._looking.observe(ids, self._facts, self._context())

    def poll(self, receipts: Sequence[Receipt]) -> list[Outcome]:
        """What became of what waits in queues and reviews."""
        return self._tracking.poll(receipts)

    def orders(self, since: datetime) -> Iterator[Order]:
        """Every order paid at or after `since`, and those cancelled since."""
        return self._orders.changed_since(since, self._clock.now())

    def learn(self, categories: Sequence[str]) -> Facts:
        """The store's facts for these leaf categories."""
        return learning.learn(self._client, categories, self._floor)

    def instruct(self, facts: Facts) -> None:
        """Take stored facts into use."""
        bound = self._client.access.location
        self._facts = load(facts, replace(self._facts, point=bound))

    # --- Classifier

    def tree(self) -> Iterator[CategoryNode]:
        """Every category of Blibli; five such reads a day are all there are."""
        return learning.tree(self._client)

    def suggest(self, title: str) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing: Blibli has no such call (facts, section 8)."""
        return ()

    # --- Surveyor

    def survey(self) -> Survey:
        """What the shop says of itself."""
        return survey(self._client, self._clock.now())

    def noticed(self) -> tuple[Noticed, ...]:
        """What the answers since the last asking showed that our picture did not hold; each said once."""
        return self._client.noticing.drain()

    # --- sending

    def _context(self) -> Context:
        return Context(self._clock.now(), self.limits)

    def _send(self, call: Call) -> list[Outcome]:
        began = self._clock.monotonic()
        packed = self._packed(call)
        if self._clock.monotonic() - began > self.limits.deadline_s:
            return [self._late()] * len(call.changes)
        sent = [c for c in call.changes if _key(c) not in packed.left_out]
        if not sent:
            return [packed.left_out[_key(c)] for c in call.changes]
        if len(packed.body) > CREATE_BYTES and len(call.changes) > 1:
            return outcomes.halves(call, self._context())
        going = replace(call, changes=tuple(sent))
        reply = self._exchange(going, packed.body)
        found = iter(self._outcomes(going, reply, packed.ended))
        return [packed.left_out.get(_key(c)) or next(found) for c in call.changes]

    def _late(self) -> Outcome:
        """The engine has reserved the channel for one read and the write: after a longer read nothing may be sent."""
        text = sentence("the store took too long to show its sale prices; nothing was sent")
        return Deferred(self._context().later(RETRY_S), Cause.transient, "slow_read", text)

    def _exchange(self, call: Call, body: bytes) -> Reply:
        change = call.changes[0]
        target, keys = "", {}
        if call.operation == "stock":
            target = offer_of(change)
            keys = {"sku": target}
        elif call.operation == "revise":
            target = Memory.of(change).revise
        elif call.operation in ("detail_update", "detail_update_bare", "variants_set"):
            target = change.ids.listing if change.ids else ""
            keys = {"sku": target}
        # A stock number is never said twice by the line: it may have been sold from in between.
        counts = call.operation == "bulk_update" and any(c.facet is Facet.stock for c in call.changes)
        return self._client.exchange(call.operation, body, target, safety=Safety.never if counts else None, keys=keys)

    def _outcomes(self, call: Call, reply: Reply, ended: tuple[str, ...]) -> list[Outcome]:
        context = self._context()  # the answer took its time: what is to wait, waits from now
        try:
            return outcomes.read_answer(call, reply, context, ended)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return [context.not_understood(error) for _ in call.changes]

    # --- pictures travel inside creates, corrections and new variants

    def _packed(self, call: Call) -> Packed:
        """The body as it goes on the wire; a product whose pictures cannot be read stays behind (C16).

        Raises:
            MarketplaceError: the sale prices that must go along could not be read.
        """
        if pairs.wanted(call):
            made = pairs.paired(self._client, call, self._facts.point, self._context())
            return Packed(made.body.encode(), made.left_out, made.ended)
        if call.operation not in PICTURED:
            return Packed(call.body.encode(), {})
        body: Json = json.loads(call.body)
        left_out: dict[str, Outcome] = {}
        kept = []
        for product, change in _products(body, call):
            try:
                kept.append(_with_pictures(product, _pictures(change)))
            except PictureProblem as problem:
                left_out[_key(change)] = Rejected(Cause.rejected, problem.code, problem.text, ("pictures",))
        if "products" in body:
            body["products"] = kept
        elif kept:
            body = kept[0]
        return Packed(dump(body).encode(), left_out)


def _key(change: Change) -> str:
    return change.sku or change.code


def _products(body: Json, call: Call) -> list[tuple[Json, Change]]:
    """Each product of a body with the change that it belongs to."""
    if "products" not in body:
        return [(body, call.changes[0])]
    pairs = []
    for change in call.changes:
        assert isinstance(change.to, Listing)
        skus = {v.sku for v in change.to.structure.variants}
        pairs += [(product, change) for product in body["products"] if product_skus(product) & skus]
    return pairs


def _pictures(change: Change) -> dict[str, Picture]:
    listing = change.to if isinstance(change.to, Listing) else change.listing
    return {p.sha256: p for p in listing.content.pictures} if listing is not None else {}


def _with_pictures(product: Json, pictures: Mapping[str, Picture]) -> Json:
    """The product with files in place of placeholders.

    Raises:
        PictureProblem: a file is gone, too large, or not the one that was planned.
    """
    if "imageMap" not in product:
        return product
    images = product["imageMap"]
    if isinstance(images, list):
        rows = [{**row, "data": _encoded(row["data"], pictures)} for row in images]
        return {**product, "imageMap": rows}
    return {**product, "imageMap": {key: _encoded(value, pictures) for key, value in images.items()}}


def _encoded(placeholder: str, pictures: Mapping[str, Picture]) -> str:
    """A picture's bytes in base64, without a data: prefix (facts, section 6)."""
    picture = pictures.get(placeholder.removeprefix(PLACEHOLDER))
    if picture is None:
        raise PictureProblem("picture_missing", sentence("a picture of this create is no longer in the catalogue"))
    content = content_of(picture, MAX_PICTURE)
    return base64.b64encode(content).decode()
