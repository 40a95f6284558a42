"""Bukalapak as the engine knows it: the contract, by way of the client, the mapping, the plan and the outcomes.

Legacy: the marketplace ended the sale of physical goods in February 2025 (facts, section 0). This adapter was checked
against simulators built from public documentation and client code no newer than about 2022, never against a live shop.
"""

from __future__ import annotations

import random
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.bukalapak import consent, learning, orders, outcomes, reading
from adapters.bukalapak.assumptions import ASSUMPTIONS
from adapters.bukalapak.client import BukalapakClient, ShopAccess
from adapters.bukalapak.facts import Assumed, ShopFacts, Uploads, load, uploads_of
from adapters.bukalapak.looking import Looking
from adapters.bukalapak.mapping import parts_of
from adapters.bukalapak.outcomes import Context
from adapters.bukalapak.pictures import part_of
from adapters.bukalapak.planning import NO_CALLS, PATCH, plan_calls
from adapters.bukalapak.steps import CREATE, READ, UPLOAD, missing_picture, step_of
from adapters.bukalapak.survey import survey
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
    Deferred,
    Facet,
    Facts,
    Found,
    Grant,
    GrantSource,
    Instructions,
    Intent,
    Limits,
    Listing,
    MarketplaceError,
    Noticed,
    NotYet,
    Observed,
    Order,
    Outcome,
    Rejected,
    Survey,
)
from adapters.judging import not_sent
from adapters.pacing import Pacer
from adapters.pictures import PictureProblem
from adapters.transport import Transport, new_session
from adapters.words import sentence

__all__ = ["ASSUMPTIONS", "OPTIONAL_SECRETS", "SECRETS", "Bukalapak", "build"]

SECRETS = ("user_id", "token", "client_id", "client_secret")
OPTIONAL_SECRETS = ("access_token", "refresh_token")  # the first grant; later ones are kept in the store

NOT_UNDERSTOOD = (KeyError, TypeError, ValueError, AttributeError)
"""What reading an answer of a shape that nobody has seen may end in."""

_pacers: weakref.WeakKeyDictionary[Clock, Pacer] = weakref.WeakKeyDictionary()


def build(
    access: Access,
    limits: Limits,
    grants: GrantSource,
    clock: Clock,
    rng: random.Random | None = None,
    pacer: Pacer | None = None,
) -> Bukalapak:
    """A Bukalapak adapter for one shop. Adapters built with one clock (or one pacer) share their budgets."""
    secret = access.secrets
    shop = ShopAccess(
        access.shop_id, secret["user_id"], secret["token"], secret.get("client_id", ""),
        secret.get("client_secret", ""), access.url, access.redirect,
    )  # fmt: skip
    pacer = pacer or _pacers.setdefault(clock, Pacer(clock))
    transport = Transport(new_session(shop.base), clock, pacer, limits, rng or random.Random())
    return Bukalapak(BukalapakClient(shop, grants, clock, transport), limits, clock, Assumed.of(access.assumptions))


class Bukalapak:
    """Adapter, Lister, OrderSource, Learner, Classifier, Authorizer and Surveyor of one shop on Bukalapak."""

    marketplace = "bukalapak"

    def __init__(self, client: BukalapakClient, limits: Limits, clock: Clock, assumed: Assumed) -> None:
        self.limits = limits
        self._client, self._clock, self._assumed = client, clock, assumed
        self._looking = Looking(client, clock, assumed, limits.settle_s)
        self._facts = ShopFacts()
        self._uploads: Uploads | None = None  # the newest quota that was seen

    # --- Adapter

    def calls(self, changes: Sequence[Change]) -> list[Call]:
        """One call for each change, most urgent first; of a create or an edit its next step. Pure."""
        return plan_calls(changes, self._facts, self._assumed)

    def send(self, call: Call) -> list[Outcome]:
        """Put one call on the wire; one outcome, as a call carries one change. A create may be followed by a read."""
        [change] = call.changes
        context = self._context()
        try:
            return [self._send(call, change, context)]
        except PictureProblem as problem:
            refused = Rejected(Cause.rejected, problem.code, problem.text, ("pictures",))
            return [outcomes.refuse_field(change, "pictures", refused, context)]
        except MarketplaceError as error:
            return [not_sent(error, self._context())]
        except NOT_UNDERSTOOD as error:
            return [self._context().not_understood(error)]

    def find(self, intents: Sequence[Intent]) -> list[Found | Absent | NotYet]:
        """Look before you create: by exact title, in every state; one answer per intent."""
        return list(self._looking.find(intents))

    def comparable(self, facet: Facet, observed: Observed) -> Canonical | None:
        """What may be compared, in our terms; see `reading`."""
        return reading.comparable(facet, observed)

    # --- Lister, OrderSource, Learner

    def observe(self, since: datetime | None = None, ids: Sequence[str] | None = None) -> Iterator[Observed]:
        """Every listing, those changed since, or just these; lazily."""
        return self._looking.observe(since, ids)

    def orders(self, since: datetime) -> Iterator[Order]:
        """Every order changed at or after `since`."""
        return orders.changed_since(self._client, since, self._clock.now())

    def learn(self, categories: Sequence[str]) -> Facts:
        """The shop's facts for these leaf categories."""
        return learning.learn(self._client, categories, self._assumed, self._clock.now())

    def instruct(self, facts: Facts) -> None:
        """Take stored facts into use."""
        self._facts = load(facts)
        self._uploads = self._facts.uploads

    # --- Classifier

    def tree(self) -> Iterator[CategoryNode]:
        """Every category of Bukalapak."""
        return learning.tree(self._client)

    def suggest(self, title: str) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing: neither generation of the API has such a call (facts, sections 3 and 4)."""
        return ()

    # --- Surveyor

    def survey(self) -> Survey:
        """What the shop says of itself."""
        return survey(self._client, self._clock.now())

    def noticed(self) -> tuple[Noticed, ...]:
        """What the answers since the last asking showed that our picture did not hold; each said once."""
        return self._client.noticing.drain()

    # --- Authorizer

    def begin(self) -> Instructions:
        """A link that lives fifteen minutes."""
        return consent.begin(self._client, self._clock.now())

    def finish(self, callback: Mapping[str, str]) -> list[Grant]:
        """Trade `code` and `state` for the shop's grant."""
        return consent.finish(self._client, callback, self._clock.now())

    def refresh(self, grant: Grant) -> Grant:
        """A new pair for `grant`, asked for once."""
        return consent.refresh(self._client, grant, self._clock.now())

    # --- sending

    def _send(self, call: Call, change: Change, context: Context) -> Outcome:
        if call.operation in NO_CALLS:
            cause, text = NO_CALLS[call.operation]
            return Rejected(cause, call.operation, text)
        if isinstance(change.to, Listing) and change.ids is None and (until := self._full_until(context)):
            return Deferred(
                until, Cause.quota, "product_upload_remaining", sentence("the shop's upload quota is used up")
            )
        if call.operation == READ:
            return self._read(change)
        if call.operation == UPLOAD:
            return self._upload(call, change)
        reply = self._client.exchange(call.operation, _places(call, change), body=call.body or None)
        outcome = outcomes.outcome_of(call, reply, self._context())
        if call.operation == CREATE and isinstance(outcome, Begun) and outcome.ids is not None:
            return self._with_skus(replace(change, ids=outcome.ids), outcome)
        return outcome

    def _with_skus(self, change: Change, begun: Begun) -> Outcome:
        """A product that was just made, with its SKU ids where the list shows them; else that is a step of its own."""
        if step_of(change) != READ:
            return begun
        try:
            outcome = self._read(change)
        except (MarketplaceError, *NOT_UNDERSTOOD):
            return begun
        # A refusal must not come with the create itself: its ids are to be kept first.
        return outcome if isinstance(outcome, Applied | Begun) else begun

    def _upload(self, call: Call, change: Change) -> Outcome:
        picture = missing_picture(change)
        parts = (part_of(picture),) if picture is not None else ()
        reply = self._client.exchange(call.operation, parts=parts)
        return outcomes.outcome_of(call, reply, self._context())

    def _read(self, change: Change) -> Outcome:
        """The product as it now is, for its SKU ids or its old pictures."""
        assert change.ids is not None
        product, row = change.ids.listing, None
        if isinstance(change.to, Listing):
            row = self._looking.by_name(product, change.to.content.title)
        row = row or self._looking.product(product)
        if row is not None:
            self._uploads = uploads_of(row, self._clock.now()) or self._uploads
        return outcomes.product_read(change, row, self._context())

    def _full_until(self, context: Context) -> datetime | None:
        return self._uploads.free_from(context.now) if self._uploads else None

    def _context(self) -> Context:
        """The reading of an answer; what is to wait, waits from now."""
        return Context(self._clock.now(), self.limits, self._facts, self._assumed)


def _places(call: Call, change: Change) -> dict[str, str]:
    """The ids in the address of a write."""
    if change.ids is None:
        return {}
    if call.operation == PATCH and change.sku is not None:
        product, sku = parts_of(change.ids.offers[change.sku])
        return {"product": product, "sku": sku}
    return {"product": change.ids.listing}
