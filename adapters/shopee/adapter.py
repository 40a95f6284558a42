"""Shopee as the engine knows it: the contract, by way of the client, the mapping, the plan and the
outcomes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.clock import Clock
from adapters.contract import (
    Absent,
    Access,
    Call,
    Canonical,
    CategoryNode,
    Cause,
    Change,
    Content,
    Facet,
    Facts,
    Found,
    Grant,
    GrantSource,
    Ids,
    Instructions,
    Intent,
    Limits,
    Locked,
    MarketplaceError,
    Noticed,
    NotYet,
    Observed,
    Order,
    Outcome,
    Rejected,
    Survey,
    Unknown,
)
from adapters.judging import not_sent
from adapters.pacing import Pacer
from adapters.pictures import PictureProblem, file_of
from adapters.shopee import consent, learning, mapping, orders, outcomes, reading
from adapters.shopee.assumptions import ASSUMPTIONS
from adapters.shopee.client import Reply, ShopAccess, ShopeeClient
from adapters.shopee.facts import ShopFacts, load
from adapters.shopee.looking import Looking
from adapters.shopee.outcomes import READERS, Context
from adapters.shopee.planning import NO_CALL, plan_calls
from adapters.shopee.steps import UPLOAD, ids_with, missing_pictures
from adapters.shopee.survey import survey
from adapters.transport import Transport, new_session
from adapters.words import sentence

__all__ = ["ASSUMPTIONS", "OPTIONAL_SECRETS", "SECRETS", "Shopee", "build"]

SECRETS = ("partner_id", "partner_key")
OPTIONAL_SECRETS = ("access_token", "refresh_token")  # the first grant; later ones are kept in the store
MAX_PICTURE = 10 * 1024 * 1024  # facts, section 3.10
PICTURES_REMEMBERED = 20_000


def build(
    access: Access,
    limits: Limits,
    grants: GrantSource,
    clock: Clock,
    rng: random.Random | None = None,
    pacer: Pacer | None = None,
) -> Shopee:
    """A Shopee adapter for one shop. Adapters built with one pacer share their app's budgets."""
    app_id, app_secret = access.secrets["partner_id"], access.secrets["partner_key"]
    shop = ShopAccess(access.shop_id, app_id, app_secret, access.url, access.redirect, access.location)
    transport = Transport(new_session(shop.base), clock, pacer or Pacer(clock), limits, rng or random.Random())
    return Shopee(ShopeeClient(shop, limits, grants, clock, transport), limits, clock)


class Shopee:
    """Adapter, Lister, OrderSource, Learner, Classifier, Authorizer and Surveyor of one shop on Shopee Indonesia."""

    marketplace = "shopee"

    def __init__(self, client: ShopeeClient, limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self._client, self._clock = client, clock
        self._looking = Looking(client, clock)
        self._facts = ShopFacts()
        self._images: dict[str, str] = {}  # {sha256: image id} of what this process uploaded

    # --- Adapter

    def calls(self, changes: Sequence[Change]) -> list[Call]:
        """The fewest writes for these changes, most urgent first; of a create its next step. Pure."""
        return plan_calls(changes, self._facts, self._images, self.limits)

    def send(self, call: Call) -> list[Outcome]:
        """Put one call on the wire; one outcome per change, in order."""
        context = Context(self._clock.now(), self.limits, self._facts)
        try:
            return self._send(call, context)
        except PictureProblem as problem:
            refused = Rejected(Cause.rejected, problem.code, problem.text, ("pictures",))
            return [outcomes.refuse_field(c, "pictures", refused, context) for c in call.changes]
        except MarketplaceError as error:
            return [not_sent(error, context)] * len(call.changes)

    def find(self, intents: Sequence[Intent]) -> list[Found | Absent | NotYet]:
        """Look before you create, in every status; one answer per intent."""
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
        return learning.learn(self._client, categories)

    def instruct(self, facts: Facts) -> None:
        """Take stored facts into use."""
        self._facts = load(facts)

    # --- Classifier

    def tree(self) -> Iterator[CategoryNode]:
        """Every category that this shop is shown."""
        return learning.tree(self._client)

    def suggest(self, title: str) -> tuple[str, ...]:
        """The leafs that Shopee itself recommends for a title."""
        return learning.suggest(self._client, title)

    # --- Surveyor

    def survey(self) -> Survey:
        """What the shop says of itself."""
        return survey(self._client, self._clock.now())

    def noticed(self) -> tuple[Noticed, ...]:
        """What the answers since the last asking showed that our picture did not hold; each said once."""
        return self._client.noticing.drain()

    # --- Authorizer

    def begin(self) -> Instructions:
        """A signed link that lives five minutes."""
        return consent.begin(self._client, self._clock.now())

    def finish(self, callback: Mapping[str, str]) -> list[Grant]:
        """Trade `code` with `shop_id` or `main_account_id` for grants."""
        return consent.finish(self._client, callback, self._clock.now())

    def refresh(self, grant: Grant) -> Grant:
        """A new pair for `grant`; the same refresh is said twice if its reply is lost."""
        return consent.refresh(self._client, grant, self._clock.now())

    # --- sending

    def _send(self, call: Call, context: Context) -> list[Outcome]:
        if call.operation == NO_CALL:
            text = sentence("the shop's id of this listing or offer is not known")
            return [Rejected(Cause.missing, NO_CALL, text) for _ in call.changes]
        if call.operation == UPLOAD:
            return self._upload(call, context)
        reply = self._client.exchange(call.operation, body=call.body)
        # The answer took its time: what is to wait, waits from now.
        context = replace(context, now=self._clock.now())
        try:
            found = self._outcomes(call, reply, context)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return [context.not_understood(error) for _ in call.changes]
        if reply.code == "error_image_unavailable" or "image not exist" in reply.text.lower():
            self._images.clear()
        return self._with_ends(call, found)

    def _outcomes(self, call: Call, reply: Reply, context: Context) -> list[Outcome]:
        if reader := READERS.get(call.operation):
            return reader(call, reply, context)
        change = call.changes[0]
        if call.operation == "update_item" and isinstance(change.to, Content):
            return outcomes.content_outcome(call, reply, context)
        if call.operation in ("init_tier_variation", "add_model"):
            return [self._models_outcome(call, reply, context)]
        if not reply.ok:
            return [outcomes.failed(reply, context)]
        sent = None if call.operation == "update_tier_variation" else outcomes.sent_skus(call)
        return [outcomes.structure_outcome(call, sent, reply, context)]

    def _models_outcome(self, call: Call, reply: Reply, context: Context) -> Outcome:
        """init_tier_variation and add_model: ids from the answer, else read back; a repetition may find all
        done.
        """
        change = call.changes[0]
        if not reply.ok and reply.cause is not Cause.duplicate:
            return outcomes.failed(reply, context)
        ids = self._model_ids(change, reply, call.body)
        if isinstance(ids, Unknown):
            return context.lost(ids.code, ids.text)
        if ids is None:
            text = sentence("not all of its variants are there")
            return outcomes.failed(reply, context) if not reply.ok else context.lost("", text)
        if call.operation == "add_model":
            return outcomes.structure_outcome(call, ids, reply, context)
        return outcomes.tiers_outcome(change, ids, context)

    def _model_ids(self, change: Change, reply: Reply, body: str) -> Ids | Unknown | None:
        """Ids of every model sent; None if they are not there, Unknown if that could not be read."""
        assert change.ids is not None
        if reply.ok and (alone := outcomes.without_variations(body)):
            return ids_with(change, Ids(change.ids.listing, {alone: mapping.offer_id(change.ids.listing, 0)}))
        rows = reply.rows("model") if reply.ok else []
        if not outcomes.models_match(rows, body):
            try:
                rows = list((self._client.models(int(change.ids.listing)) or {}).get("model") or [])
            except MarketplaceError as error:
                return Unknown(self._clock.now(), error.code, error.text)
            if not outcomes.models_match(rows, body):
                return None
        return ids_with(change, mapping.ids_from_models(change.ids.listing, rows))

    def _with_ends(self, call: Call, found: list[Outcome]) -> list[Outcome]:
        """Say until when a promotion locks, where Shopee tells; one more read, only after a lock."""
        at = [i for i, o in enumerate(found) if isinstance(o, Locked) and reading.by_promotion(o)]
        items = {c.ids.listing for i, c in enumerate(call.changes) if i in at and c.ids is not None}
        if not items:
            return found
        ends = reading.promotion_ends(self._client, sorted(items), self._clock.now())
        for i in at:
            change, outcome = call.changes[i], found[i]
            if change.ids is not None and isinstance(outcome, Locked):
                found[i] = replace(outcome, until=ends.get(change.ids.listing))
        return found

    def _upload(self, call: Call, context: Context) -> list[Outcome]:
        change = call.changes[0]
        # What another call has uploaded since is uploaded once more rather than nothing at all.
        pictures = missing_pictures(change, self._images) or missing_pictures(change, {})
        parts = tuple(("image", *file_of(picture, MAX_PICTURE)) for picture in pictures)
        reply = self._client.exchange(UPLOAD, parts=parts)
        context = replace(context, now=self._clock.now())
        found, images = outcomes.upload_outcome(call, reply, context, [p.sha256 for p in pictures])
        if len(self._images) > PICTURES_REMEMBERED:
            self._images.clear()
        self._images.update(images)
        return found
