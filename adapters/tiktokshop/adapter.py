"""Tokopedia & TikTok Shop as the engine knows it: the contract, by way of the client, the mapping, the plan and the
outcomes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.clock import Clock
from adapters.contract import (
    Absent,
    Accepted,
    Access,
    Applied,
    Begun,
    Call,
    Canonical,
    CategoryNode,
    Cause,
    Change,
    Facet,
    Facts,
    Found,
    Grant,
    GrantSource,
    Instructions,
    Intent,
    Limits,
    ListingState,
    Locked,
    MarketplaceError,
    Noticed,
    NotYet,
    Observed,
    Order,
    Outcome,
    Receipt,
    Rejected,
    Survey,
)
from adapters.judging import not_sent
from adapters.noticing import answer_of
from adapters.pacing import Pacer
from adapters.pictures import PictureProblem, file_of
from adapters.tiktokshop import (
    consent,
    editing,
    learning,
    orders,
    outcomes,
    reading,
    stocking,
    survey,
    tracking,
)
from adapters.tiktokshop.assumptions import ASSUMPTIONS, Assumed
from adapters.tiktokshop.client import Reply, ShopAccess, TikTokClient
from adapters.tiktokshop.facts import ShopFacts, load
from adapters.tiktokshop.looking import Looking
from adapters.tiktokshop.outcomes import READ_BY_ROW, Context
from adapters.tiktokshop.planning import NO_CALL, Known, completes_warehouses, listing_id, offer_id, plan_calls
from adapters.tiktokshop.steps import (
    ACTIVATE,
    CREATE,
    DEACTIVATE,
    EDIT,
    INVENTORY,
    PARTIAL,
    PRICE,
    STEP_DRAFT,
    STEP_OFF,
    STEP_PUBLISH,
    UPLOAD,
    Memory,
    missing_picture,
)
from adapters.transport import Transport, new_session
from adapters.words import kept, sentence

__all__ = ["ASSUMPTIONS", "OPTIONAL_SECRETS", "SECRETS", "TikTokShop", "build"]

SECRETS = ("app_key", "app_secret")
OPTIONAL_SECRETS = ("service_id", "access_token", "refresh_token")  # the first grant; later ones are kept in the store
MAX_PICTURE = 10 * 1024 * 1024  # facts, section 8
PICTURES_REMEMBERED = 20_000
NOT_UNDERSTOOD = (KeyError, TypeError, ValueError, AttributeError)
"""What reading an answer of a shape that nobody has seen may end in."""
OFF_SALE = frozenset({
    ListingState.hidden, ListingState.gone, ListingState.banned, ListingState.needs_correction,
})  # fmt: skip


def build(
    access: Access,
    limits: Limits,
    grants: GrantSource,
    clock: Clock,
    rng: random.Random | None = None,
    pacer: Pacer | None = None,
) -> TikTokShop:
    """An adapter for one shop. Adapters built with one pacer share their app's budgets."""
    secret = access.secrets
    shop = ShopAccess(
        access.shop_id, secret["app_key"], secret["app_secret"], secret.get("service_id", ""), access.url,
        access.redirect, access.location,
    )  # fmt: skip
    transport = Transport(new_session(shop.base), clock, pacer or Pacer(clock), limits, rng or random.Random())
    client = TikTokClient(shop, limits, grants, clock, transport)
    return TikTokShop(client, limits, grants, clock, Assumed.of(access.assumptions))


class TikTokShop:
    """Adapter, Lister, Tracker, OrderSource, Learner, Classifier, Surveyor and Authorizer of one shop."""

    marketplace = "tiktokshop"

    def __init__(
        self, client: TikTokClient, limits: Limits, grants: GrantSource, clock: Clock, assumed: Assumed
    ) -> None:
        self.limits = limits
        self._client, self._grants, self._clock, self._assumed = client, grants, clock, assumed
        self._looking = Looking(client, clock)
        self._facts = ShopFacts()
        self._images: dict[str, str] = {}  # {sha256: uri} of what this process uploaded
        self._zero_refused = assumed.zero is False

    # --- Adapter

    def calls(self, changes: Sequence[Change]) -> list[Call]:
        """The fewest writes for these changes, most urgent first; of a create its next step. Pure."""
        return plan_calls(changes, Known(self._facts, self._images, self._zero_refused), self.limits)

    def send(self, call: Call) -> list[Outcome]:
        """Put one call on the wire; one outcome per change, in order."""
        try:
            return self._send(call)
        except PictureProblem as problem:
            refused = Rejected(Cause.rejected, problem.code, problem.text, ("pictures",))
            return [outcomes.refuse_field(c, "pictures", refused, self._context()) for c in call.changes]
        except MarketplaceError as error:
            return [not_sent(error, self._context())] * len(call.changes)
        except NOT_UNDERSTOOD as error:
            lost = self._context().not_understood(error)
            return [lost] * len(call.changes)

    def find(self, intents: Sequence[Intent]) -> list[Found | Absent | NotYet]:
        """Look before you create, in every status; one answer per intent."""
        return self._looking.find(intents)

    def comparable(self, facet: Facet, observed: Observed) -> Canonical | None:
        """What may be compared, in our terms; see `reading`."""
        return reading.comparable(facet, observed, self._assumed.zero is True)

    # --- Lister, Tracker, OrderSource, Learner

    def observe(self, since: datetime | None = None, ids: Sequence[str] | None = None) -> Iterator[Observed]:
        """Every listing, those changed since, or just these; lazily."""
        return self._looking.observe(since, ids)

    def poll(self, receipts: Sequence[Receipt]) -> list[Outcome]:
        """What became of what stands in an audit."""
        return tracking.poll(self._client, receipts, self._context())

    def orders(self, since: datetime) -> Iterator[Order]:
        """Every order changed at or after `since`."""
        page, now = self._assumed.orders_page, self._clock.now()
        return orders.changed_since(self._client, since, now, page, self._facts.warehouse)

    def learn(self, categories: Sequence[str]) -> Facts:
        """The shop's facts for these leaf categories."""
        return learning.learn(self._client, categories)

    def instruct(self, facts: Facts) -> None:
        """Take stored facts into use."""
        self._facts = load(facts)
        self._looking.warehouse = self._facts.warehouse

    # --- Classifier

    def tree(self) -> Iterator[CategoryNode]:
        """Every category that this shop is shown, on either storefront."""
        return learning.tree(self._client)

    def suggest(self, title: str) -> tuple[str, ...]:
        """The leaf that the marketplace itself recommends for a title."""
        return learning.suggest(self._client, title)

    # --- Surveyor

    def survey(self) -> Survey:
        """What the shop is, asked without writing."""
        return survey.survey(self._client, self._grants.grant().refresh_expires_at)

    def noticed(self) -> tuple[Noticed, ...]:
        """What the answers since the last asking showed that our picture did not hold; each said once."""
        return self._client.noticing.drain()

    # --- Authorizer

    def begin(self) -> Instructions:
        """A link for the shop's owner."""
        return consent.begin(self._client, self._clock.now())

    def finish(self, callback: Mapping[str, str]) -> list[Grant]:
        """Trade `code` for the grants of every shop that the consent covers."""
        return consent.finish(self._client, callback, self._clock.now())

    def refresh(self, grant: Grant) -> Grant:
        """A new pair for `grant`, asked for once."""
        return consent.refresh(self._client, grant, self._clock.now())

    # --- sending

    def _send(self, call: Call) -> list[Outcome]:
        if call.operation == NO_CALL:
            text = sentence("the shop's id of this listing or offer is not known")
            return [Rejected(Cause.missing, NO_CALL, text) for _ in call.changes]
        if call.operation == UPLOAD:
            return [self._upload(call)]
        if call.operation == ACTIVATE:
            return self._activate(call)
        if call.operation == DEACTIVATE:
            return self._deactivate(call)
        return self._edit(call) if call.operation in (EDIT, PARTIAL) else self._write(self._ready(call))

    def _write(self, call: Call) -> list[Outcome]:
        change = call.changes[0]
        places = {"product": listing_id(change)} if change.ids is not None else {}
        reply = self._client.exchange(call.operation, places, body=call.body)
        found = self._outcomes(call, reply, self._context())
        for one, outcome in zip(call.changes, found, strict=True):
            self._learn_from(call.operation, one, outcome)
        return found

    def _outcomes(self, call: Call, reply: Reply, context: Context) -> list[Outcome]:
        if call.operation == PRICE and (locked := self._not_on_sale(call, reply)):
            return [locked] * len(call.changes)
        if call.operation in READ_BY_ROW:
            found = outcomes.rows_outcome(call, reply, context)
            if call.operation in (ACTIVATE, DEACTIVATE):
                return [self._looked_after(call.operation, c, o) for c, o in zip(call.changes, found, strict=True)]
            return found
        if call.changes[0].creates:
            return [outcomes.created(call, reply, context)]
        return [outcomes.edited(call, reply, context)]

    def _ready(self, call: Call) -> Call:
        """The call as it goes out, after the read that it cannot do without."""
        if call.operation != INVENTORY:
            return call
        numbers, aside = stocking.of_skus(self._client, [row["id"] for row in json.loads(call.body)["skus"]])
        every = self._assumed.every_warehouse or completes_warehouses(call)
        return stocking.completed(call, numbers, aside, every, self._assumed.total_scale)

    def _edit(self, call: Call) -> list[Outcome]:
        """An edit, or a draft's publication, after a look at what it changes."""
        change = call.changes[0]
        if why := editing.misfit(change):
            return [Rejected(Cause.config, "options_differ", why)]
        shown = self._client.product(listing_id(change))
        if shown is None:
            return [Rejected(Cause.missing, NO_CALL, sentence("the product is gone from the shop"))]
        if (locked := editing.in_the_way(change, shown, self._context())) is not None:
            return [locked]
        if editing.may_put_on_sale(change, shown) and self._must_stay_off([change]):
            return [outcomes.held_back(change, self._context())]
        return self._write(editing.completed(call, shown, self._facts))

    # --- on sale and off it

    def _activate(self, call: Call) -> list[Outcome]:
        """On sale, but for listings with a variant that has none while the shop still shows some of it."""
        held = self._must_stay_off(call.changes)
        left = stocking.without(call, held)
        return self._merged(call, left, {listing_id(change) for change in held})

    def _must_stay_off(self, changes: Sequence[Change]) -> list[Change]:
        """Those that would put on sale what is not there."""
        doubtful = [change for change in changes if stocking.out_of_stock(change)]
        if not doubtful:
            return []
        shown = stocking.of_products(self._client, dict.fromkeys(map(listing_id, doubtful)))
        return [change for change in doubtful if stocking.shows_too_much(change, *shown, self._facts.warehouse)]

    def _merged(self, call: Call, left: Call | None, held: set[str]) -> list[Outcome]:
        sent = iter(self._write(left) if left is not None else ())
        context = self._context()
        return [outcomes.held_back(c, context) if listing_id(c) in held else next(sent) for c in call.changes]

    def _deactivate(self, call: Call) -> list[Outcome]:
        """Off sale, but for listings that a variant without stock would take there and of which the shop shows none of
        it already, as buyers took the last pieces.
        """
        zeros = [change for change in call.changes if change.facet is Facet.stock]
        shown = stocking.of_skus(self._client, [offer_id(change) for change in zeros]) if zeros else ({}, {})
        sold_out = [change for change in zeros if stocking.shows_none(change, *shown, self._facts.warehouse)]
        needed = [change for change in call.changes if change not in sold_out]
        left = stocking.only(call, needed)
        sent = iter(self._write(left) if left is not None else ())
        return [Applied() if change in sold_out else next(sent) for change in call.changes]

    def _not_on_sale(self, call: Call, reply: Reply) -> Locked | None:
        """Whether a refused price is that of a listing that is not on sale: those take none (facts, section 7.4)."""
        if reply.ok or reply.cause not in (Cause.rejected, Cause.unknown):
            return None
        try:
            row = self._client.product(listing_id(call.changes[0]))
        except MarketplaceError:
            return None  # the refusal itself is what is known
        if row is None or reading.state_of(row) in (ListingState.live, ListingState.gone):
            return None
        until = self._context().later(outcomes.ZERO_LOCK_S)
        return Locked(Cause.review, until, reply.code, kept("the listing is not on sale: {why}", why=reply.text))

    def _looked_after(self, operation: str, change: Change, outcome: Outcome) -> Outcome:
        """A refused change of visibility, once it was looked whether the listing is already so, or but a draft."""
        if not isinstance(outcome, Rejected) or outcome.cause not in (Cause.rejected, Cause.unknown):
            return outcome
        try:
            row = self._client.product(listing_id(change))
        except MarketplaceError:
            return outcome  # the refusal itself is what is known
        if row is None:
            return Rejected(Cause.missing, outcome.code, outcome.text)
        state = reading.state_of(row)
        if operation == DEACTIVATE:
            if state in OFF_SALE:
                return outcomes.done(operation, change, self._context())
            if state is not ListingState.in_review:
                return outcome
            # Not on sale yet; it is asked again before its audit can have put it there unseen for long.
            until = self._context().later(self.limits.settle_s)
            return Locked(Cause.review, until, outcome.code, outcome.text)
        if "DRAFT" in reading.statuses(row):
            return Begun(change.ids, Memory.of(change).text(step=STEP_PUBLISH, part=""), self._clock.now())
        return Applied() if state in (ListingState.live, ListingState.in_review) else outcome

    # --- pictures, and what a write taught

    def _upload(self, call: Call) -> Outcome:
        change = call.changes[0]
        # What another call has uploaded since is uploaded once more rather than nothing at all.
        picture = missing_picture(change, self._images) or missing_picture(change, {})
        if picture is None:
            return Begun(change.ids, Memory.of(change).text(), self._clock.now())
        parts = (("data", *file_of(picture, MAX_PICTURE)), ("use_case", "", b"MAIN_IMAGE", "text/plain"))
        reply = self._client.exchange(UPLOAD, parts=parts)
        if len(self._images) > PICTURES_REMEMBERED:
            self._images.clear()
        if reply.ok and reply.get("uri"):
            self._images[picture.sha256] = str(reply.get("uri"))
        return outcomes.uploaded(call, reply, self._context(), picture.sha256)

    def _learn_from(self, operation: str, change: Change, outcome: Outcome) -> None:
        """What this outcome tells of stock 0 and of pictures, for the calls after it."""
        memory = Memory.of(change)
        step = Memory.of(replace(change, next_step=outcome.next_step)) if isinstance(outcome, Begun) else Memory()
        if (operation, step.step) in ((INVENTORY, STEP_OFF), (CREATE, STEP_DRAFT)):
            self._zero_refused = True
        if step.again and not memory.again:
            self._images.clear()
        if memory.again and isinstance(outcome, Accepted):
            # Refused for its pictures, and taken with the same ones once they were uploaded anew.
            said = "an uploaded picture was gone when it was used"
            self._client.noticing.saw(answer_of("tiktokshop.unused_image", "expires", operation, said))

    def _context(self) -> Context:
        """The reading of an answer; what is to wait, waits from now."""
        return Context(self._clock.now(), self.limits, self._facts, self._zero_refused)
