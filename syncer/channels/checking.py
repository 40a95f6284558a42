"""`channel check`: ask a shop everything that can be asked without writing, and say whether it may be used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.contract import Location, Survey, Surveyor
from syncer.channels.contact import Drift, Judged, Stage, drifts, judged
from syncer.channels.shop import Shop
from syncer.errors import ConfigError
from syncer.settings import ChannelSettings
from syncer.texts import _, told

NEARLY = 0.9
"""From this share on, a limit of listings is nearly reached."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `survey` None = this marketplace cannot be asked. `warnings` are sentences for people."""

    stage: Stage
    survey: Survey | None
    assumptions: tuple[Judged, ...]
    drifts: tuple[Drift, ...]
    warnings: tuple[str, ...]

    @property
    def open(self) -> tuple[Drift, ...]:
        """The drift that nobody has looked at."""
        return tuple(drift for drift in self.drifts if drift.is_open)


def check(shop: Shop, channel: ChannelSettings) -> Checked:
    """Survey the shop, learn its facts, and let a new channel be read from now on.

    Raises:
        ConfigError: the shop has several places for stock, and none of them is bound.
        MarketplaceError: it does not answer, does not let us in, or is another shop.
    """
    contact, survey = shop.contact, None
    if isinstance(shop.adapter, Surveyor):
        with shop.authorisation.watched():
            survey = shop.adapter.survey()
        contact.checked(survey)
        one_location(channel, survey.locations)
    shop.relearn()
    contact.take_notice()
    contact.begin_reading()
    with shop.database.read() as session:
        found = drifts(session, shop.id, channel)
        assumed = judged(session, shop.id, channel)
    warned = tuple(warnings(channel, survey)) if survey is not None else ()
    return Checked(contact.stage(), survey, tuple(assumed), tuple(found), warned)


def one_location(channel: ChannelSettings, locations: Sequence[Location]) -> None:
    """Stock lies in one place that is known, or nothing goes on: numbers must not land in another one.

    Raises:
        ConfigError: several places and none bound, or the bound one is not there; the sentence names them.
    """
    ids = [location.id for location in locations]
    named = ", ".join(f"{one.id} ({one.name})" if one.name != one.id else one.id for one in locations)
    if channel.location is not None and ids and channel.location not in ids:
        text = _("channels.{channel}.location: the shop has no place '{location}' for stock; it has: {named}")
        raise ConfigError(text.format(channel=channel.name, location=channel.location, named=named))
    if channel.location is None and len(ids) > 1:
        text = _(
            'channel {channel}: the shop has several places for stock: {named}; bind one with location = "{first}" in '
            "[channels.{channel}]"
        )
        raise ConfigError(text.format(channel=channel.name, named=named, first=ids[0]))


def warnings(channel: ChannelSettings, survey: Survey) -> Iterator[str]:
    """What a person should know of a survey, each a sentence."""
    skew, tolerance = survey.clock_skew_s, channel.limits.clock_tolerance_s
    if skew is not None and abs(skew) > tolerance:
        text = _("this machine's clock is {seconds} s off the shop's; at most {most} s are tolerated: set it right")
        yield text.format(seconds=round(-skew), most=round(tolerance))
    most, now = survey.listings_most, survey.listings_now
    if most is not None and now is not None and now >= most * NEARLY:
        yield _("the shop holds {now} of at most {most} listings").format(now=now, most=most)
    for call in survey.refused:
        yield _("this shop may not use {operation} ({code}: {text})").format(
            operation=call.operation, code=call.code, text=told(call.text)
        )
    if survey.couriers and not any(courier.enabled for courier in survey.couriers):
        yield _("no courier is enabled in the shop: listings will be refused")
