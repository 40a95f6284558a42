"""Bukalapak as the engine knows it: the contract, by way of the client, the mapping, the plan and the looks."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from adapters.bukalapak import consent, learning, orders
from adapters.bukalapak.causes import row_for
from adapters.bukalapak.client import BukalapakClient, Reply, ShopAccess, dump
from adapters.bukalapak.looking import Looking, named
from adapters.bukalapak.mapping import create_json, split
from adapters.bukalapak.planning import (
    UPLOAD,
    Assumed,
    Memory,
    missing_picture,
    plan_calls,
    wanted_pictures,
)
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
    ListingState,
    Locked,
    MarketplaceError,
    NotYet,
    Observed,
    Order,
    Outcome,
    Picture,
    Rejected,
    Transient,
    Unknown,
)
from adapters.pacing import Pacer
from adapters.transport import Transport, new_session

SECRETS = ("user_id", "token", "client_id", "client_secret")
OPTIONAL_SECRETS = ("access_token", "refresh_token")  # the first grant; later ones are kept in the store
RETRY_S = 5.0


def build(
    access: Access, limits: Limits, grants: GrantSource, clock: Clock, rng: random.Random | None = None,
    pacer: Pacer | None = None,
) -> Bukalapak:  # fmt: skip
    """A Bukalapak adapter for one shop."""
    secrets = access.secrets
    shop = ShopAccess(
        access.shop_id, secrets["user_id"], secrets["token"], secrets["client_id"], secrets["client_secret"],
        access.url, access.redirect,
    )  # fmt: skip
    transport = Transport(new_session(shop.base), clock, pacer or Pacer(clock), limits, rng or random.Random())
    return Bukalapak(BukalapakClient(shop, grants, clock, transport), limits, clock, access.assumptions)


class PictureProblem(Exception):
    """A picture file is not what was planned: nothing was sent."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


class Bukalapak:
    """Adapter, Lister, OrderSource, Learner and Authorizer of one shop on Bukalapak."""

    marketplace = "bukalapak"

    def __init__(self, client: BukalapakClient, limits: Limits, clock: Clock, assumptions: Mapping[str, str]) -> None:
        self.limits = limits
        self._client, self._clock = client, clock
        self._looking = Looking(client, clock)
        # Careful where nothing was said: no variants in creates, no prices of single variants.
        self._variants = assumptions.get("bukalapak.create_variants", "absent") == "accepted"
        self._assumed = Assumed(variant_prices=assumptions.get("bukalapak.patch_price", "refused") == "accepted")

    # --- Adapter -----------------------------------------------------------------------------------------------------

    def calls(self, changes: Sequence[Change]) -> list[Call]:
        """One call a change, most urgent first. Pure."""
        return plan_calls(changes, self._assumed)

    def send(self, call: Call) -> list[Outcome]:
        """Put one call on the wire; its one outcome."""
        try:
            return [self._send(call, call.changes[0])]
        except PictureProblem as problem:
            return [Rejected(Cause.rejected, problem.code, problem.text, ("pictures",))]
        except MarketplaceError as error:
            return [self._not_sent(error)]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return [self._lost("", f"answer not understood: {type(error).__name__}")]

    def find(self, intents: Sequence[Intent]) -> list[Found | Absent | NotYet]:
        """Look before you create: by exact title, on sale or not."""
        return list(self._looking.find(intents))

    def comparable(self, facet: Facet, observed: Observed) -> Canonical | None:
        """What may be compared, by SKU where the engine has named the offers; the shop itself holds few SKUs."""
        if observed.state is ListingState.gone:
            return None
        match facet:
            case Facet.price:
                return {o.sku: o.price.list for o in observed.offers if o.sku and o.price} or None
            case Facet.stock:
                # An inactive product shows stock 0, whatever it held (facts, section 4.4).
                if observed.state is ListingState.hidden:
                    return None
                return {o.sku: o.stock for o in observed.offers if o.sku and o.stock is not None} or None
            case Facet.structure:
                return {o.sku: o.options for o in observed.offers if o.sku} or None
            case Facet.content:
                return {"title": observed.content["title"]} if "title" in observed.content else None
            case Facet.visibility:
                shown = {ListingState.live: True, ListingState.live_oos: True, ListingState.hidden: False}
                return {"visible": shown[observed.state]} if observed.state in shown else None

    # --- Lister, OrderSource, Learner, Authorizer --------------------------------------------------------------------

    def observe(self, since: datetime | None = None, ids: Sequence[str] | None = None) -> Iterator[Observed]:
        """Every listing, or just these; the list cannot be asked for what changed since a moment."""
        del since
        return self._looking.observe(ids)

    def orders(self, since: datetime) -> Iterator[Order]:
        """Every order changed at or after `since`."""
        return orders.changed_since(self._client, since, self._clock.now())

    def learn(self, categories: Sequence[str]) -> Facts:
        """The shop's facts for these leaf categories."""
        return learning.learn(self._client, categories, self._variants)

    def instruct(self, facts: Facts) -> None:
        """Nothing of the facts is needed to send."""

    def begin(self) -> Instructions:
        """A link for the shop's owner."""
        return consent.begin(self._client)

    def finish(self, callback: Mapping[str, str]) -> list[Grant]:
        """Trade `code` for a grant."""
        return consent.finish(self._client, callback, self._clock.now())

    def refresh(self, grant: Grant) -> Grant:
        """A new pair for `grant`."""
        return consent.refresh(self._client, grant, self._clock.now())

    # --- sending -----------------------------------------------------------------------------------------------------

    def _send(self, call: Call, change: Change) -> Outcome:
        match call.operation:
            case "no_call":
                why = json.loads(call.body)
                missing = why["code"] == "unknown_id"
                return Rejected(Cause.missing if missing else Cause.config, why["code"], why["text"])
            case "upload":
                return self._upload(change)
            case "create":
                return self._create(call, change)
            case "identify":
                return self._identified(change, Memory.of(change))
            case "update":
                return self._update(call, change)
            case _:
                return self._simple(call, change)

    def _upload(self, change: Change) -> Outcome:
        picture = missing_picture(change)
        if picture is None:
            raise ValueError("nothing to upload")
        reply = self._client.exchange(UPLOAD, parts=(("file", *_file(picture)),))
        if not reply.ok:
            return self._failed(reply, harmless=True)
        memory = Memory.of(change)
        images = {**memory.images, picture.sha256: str(reply.get("id"))}
        return Begun(change.ids, replace(memory, images=images).text(), self._clock.now())

    def _create(self, call: Call, change: Change) -> Outcome:
        reply = self._client.exchange("create", body=call.body)
        if not reply.ok:
            row = row_for("create", reply.answer.status, reply.code, reply.text)
            if row is not None and row.field == "pictures" and reply.cause is Cause.rejected:
                # An earlier create of unknown fate used them up (trap 4): they are uploaded once more.
                return Begun(None, Memory().text(), self._clock.now())
            return self._failed(reply)
        product = str(reply.get("id") or (reply.get("product_detail") or {}).get("id") or "")
        if not product:
            return self._lost("", "created without an id")
        return self._identified(change, Memory(product=product))

    def _identified(self, change: Change, memory: Memory) -> Outcome:
        """The ids of a fresh listing's SKUs; the older generation does not tell them."""
        listing = change.to
        if not isinstance(listing, Listing) or change.intent is None:
            raise TypeError("a create carries the whole listing and its intent")
        seen = self._looking.one(memory.product)
        sent = replace(change.intent, body=dump(create_json(listing, ())))
        found = named(seen, sent).ids() if seen is not None else Ids(memory.product)
        if set(found.offers) != set(listing.prices):
            later = self._clock.now() + timedelta(seconds=RETRY_S)
            return Begun(Ids(memory.product, found.offers), replace(memory, known=False).text(), later)
        if not listing.visible:
            return Begun(found, replace(memory, known=True).text(), self._clock.now())
        return Applied(found)

    def _update(self, call: Call, change: Change) -> Outcome:
        ids = change.ids or Ids("")
        body = json.loads(call.body)
        if wanted_pictures(change):
            there = self._client.read("detail", (ids.listing,)).get("product") or {}
            images = Memory.of(change).images
            body["removed_images"] = ",".join(map(str, there.get("images") or []))
            body["new_images"] = ",".join(images[picture.sha256] for picture in wanted_pictures(change))
        reply = self._client.exchange("update", (ids.listing,), dump(body))
        return Applied() if reply.ok else self._failed(reply)

    def _simple(self, call: Call, change: Change) -> Outcome:
        ids = change.ids or Ids("")
        about = split(ids.offers[change.sku]) if change.sku is not None else (ids.listing,)
        reply = self._client.exchange(call.operation, about, call.body or None)
        if not reply.ok:
            return self._failed(reply)
        # A relisted product comes back with nothing in stock (facts, section 4.4).
        disturbed = (Facet.stock,) if call.operation == "relist" else ()
        return Applied(ids if change.creates else None, disturbs=disturbed)

    # --- what it means -----------------------------------------------------------------------------------------------

    def _failed(self, reply: Reply, harmless: bool = False) -> Outcome:
        """`harmless` = nothing is lost if it is simply done again (an upload)."""
        answer, cause = reply.answer, reply.cause or Cause.unknown
        unsure = answer.arrived == "maybe" or (cause is Cause.transient and answer.arrived == "yes")
        if unsure and not harmless:
            return self._lost(reply.code, reply.text)
        if unsure or cause in (Cause.throttled, Cause.transient, Cause.quota, Cause.missing_step):
            until = self._client.not_before(reply) or self._clock.now() + timedelta(seconds=RETRY_S)
            return Deferred(until, Cause.transient if unsure else cause, reply.code, reply.text)
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


def _file(picture: Picture) -> tuple[str, bytes, str]:
    """File name, bytes and media type of a picture, read now.

    Raises:
        PictureProblem: it is gone, or not the one that was planned.
    """
    path = Path(picture.path)
    try:
        content = path.read_bytes()
    except OSError:
        raise PictureProblem("picture_missing", f"{path.name} cannot be read") from None
    if hashlib.sha256(content).hexdigest() != picture.sha256:
        raise PictureProblem("picture_changed", f"{path.name} is no longer the picture that was imported")
    png = content.startswith(b"\x89PNG")
    return f"{picture.sha256[:16]}.{'png' if png else 'jpg'}", content, "image/png" if png else "image/jpeg"
