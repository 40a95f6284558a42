"""`channel list`, `check`, `accept`, `authorize`, `pause` and `resume`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from syncer.cli.options import JsonOption, opened, print_json, tell

if TYPE_CHECKING:
    from adapters.contract import Instructions
    from syncer.channels.consent import Consent
    from syncer.channels.contact import Stage
    from syncer.settings import ChannelSettings, Settings
    from syncer.store.database import Database

channel = typer.Typer(help="Shops and their authorisation.", rich_markup_mode=None, no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the family to `app`."""
    channel.command("list")(list_)
    channel.command("check")(check)
    channel.command("accept")(accept)
    channel.command("authorize")(authorize)
    channel.command("pause")(pause)
    channel.command("resume")(resume)
    app.add_typer(channel, name="channel")


def list_(context: typer.Context, json_: JsonOption = False) -> None:
    """The channels of the config: what it calls each, and how far a new one has come."""
    from syncer.channels.contact import stages
    from syncer.report.words import channel_word, config_word
    from syncer.texts import _

    with opened(context) as (settings, database):
        come = stages(database)
    rows = [_row(one, come.get(one.name)) for one in settings.channels.values()]
    if json_:
        print_json({"channels": rows})
        return
    for row in rows:
        own = row["url"] or _("the marketplace's own address")
        state = config_word(row["state"])
        if row["stage"] not in (None, row["state"]):
            state += f" ({channel_word(row['stage'])})"
        print(f"{row['channel']}  {row['marketplace']}  {state}  {row['shop_id']}  {own}")
    if not rows:
        tell(_("No channel yet: name one in the config."))


def check(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="One channel; all without it.")] = None,
    record: Annotated[
        Path | None,
        typer.Option("--record", help="Write what goes over the wire into this folder, without secrets and buyers."),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """What each shop is: whether it lets us in, its places and couriers, and whether it is as we believe.

    Changes nothing there. A new channel may be read from the first good check on.
    """
    from syncer.report.words import one_line, verdict_word

    with opened(context) as (settings, database):
        chosen = [settings.channel(name)] if name else list(settings.channels.values())
        rows = [_checked(settings, one, database, record) for one in chosen]
    if json_:
        print_json({"channels": [{key: value for key, value in row.items() if key != "lines"} for row in rows]})
    else:
        for row in rows:
            print(f"{row['channel']}  {verdict_word(row['verdict'])}  {row['message']}")
            for line in row.get("lines", ()):
                print(f"  {one_line(line)}")
    codes = {row["exit"] for row in rows}
    raise typer.Exit(next((code for code in (2, 4, 1) if code in codes), 0))


def accept(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The channel.")],
    mark: Annotated[str, typer.Argument(help="The word that `channel check` shows below what surprised us.")],
) -> None:
    """Let a new channel go on although its shop is not as we believed: you have looked at exactly that."""
    from adapters.clock import SystemClock
    from syncer.channels import contact
    from syncer.channels.opening import bind
    from syncer.texts import _

    with opened(context) as (settings, database):
        one = settings.channel(name)
        channel_id, _facts = bind(database, one, SystemClock())
        found = contact.accept(database, channel_id, one, mark, SystemClock().now())
    tell(_("{channel}: accepted: {what}").format(channel=name, what=contact.in_short(found)))


def authorize(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The channel.")],
    callback: Annotated[
        str | None,
        typer.Option("--callback", help="The address at which the owner's browser ended; '-' reads it from stdin."),
    ] = None,
    listen: Annotated[
        bool, typer.Option("--listen", help="Wait for a browser on this machine: `redirect` is a loopback address.")
    ] = False,
    wait: Annotated[float, typer.Option("--wait", help="Seconds to listen.", min=1.0)] = 600.0,
) -> None:
    """Have a shop's owner grant access: shows what to open, then takes the address that the browser ends at."""
    from adapters.clock import SystemClock
    from adapters.contract import MarketplaceError
    from syncer.channels import consent
    from syncer.channels.callback import awaited, listening
    from syncer.channels.opening import open_shop
    from syncer.errors import AuthorisationNeeded, Failed
    from syncer.report.causes import advice
    from syncer.texts import _, told

    with opened(context) as (settings, database):
        one = settings.channel(name)
        if callback is None and not listen and (said := consent.by_keys(one)) is not None:
            print(_(said))
            tell(_("Then run: syncer channel check {channel}").format(channel=name))
            return
        shop = open_shop(settings, one, database, SystemClock())
        try:
            if callback is None and not listen:
                _instruct(consent.instructions(shop, one))
                tell(_("Then run: syncer channel authorize {channel} --callback 'ADDRESS'").format(channel=name))
                return
            if callback is None:
                with listening(one.redirect) as listener:
                    _instruct(consent.instructions(shop, one))
                    callback = awaited(listener, wait)
            address = sys.stdin.readline() if callback == "-" else callback
            done = consent.take(settings, database, SystemClock(), shop, one, address)
            open_shop(settings, one, database, SystemClock()).relearn()
        except MarketplaceError as error:
            text = _("{channel}: the shop is not authorised: {error}; {action}")
            kind = AuthorisationNeeded if error.cause.value in ("auth", "binding") else Failed
            action = advice(error.cause).action
            said = ": ".join(part for part in (error.code, told(error.text)) if part)
            raise kind(text.format(channel=name, error=said, action=action)) from None
    _tell_consent(done)


def _instruct(told_: Instructions) -> None:
    from syncer.report.dates import local
    from syncer.texts import _

    print(told_.link)
    tell(_(told_.text))
    if told_.expires_at is not None:
        tell(_("The link lives until {when}.").format(when=local(told_.expires_at)))


def _tell_consent(done: Consent) -> None:
    from syncer.texts import _

    for channel_ in done.channels:
        print(_("{channel}: authorised").format(channel=channel_))
    for shop_id in done.strangers:
        tell(_("shop {shop} is in this consent too; no channel of the config stands for it").format(shop=shop_id))


def pause(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The channel.")],
    why: Annotated[str, typer.Option("--why", help="The reason; the report shows it.")],
) -> None:
    """Push nothing to a channel until `channel resume`; orders of it are not read either."""
    from adapters.clock import SystemClock
    from syncer.channels.opening import bind
    from syncer.channels.pausing import pause as stop
    from syncer.texts import _

    with opened(context) as (settings, database):
        one = settings.channel(name)
        bind(database, one, SystemClock())
        stop(database, one.name, why, SystemClock().now())
    tell(_("{channel} is paused; a run in progress ends after the call in flight").format(channel=name))


def resume(context: typer.Context, name: Annotated[str, typer.Argument(help="The channel.")]) -> None:
    """Push to a paused channel again: whatever changed meanwhile goes with the next run."""
    from adapters.clock import SystemClock
    from syncer.channels.pausing import resume as go_on
    from syncer.texts import _

    with opened(context) as (settings, database):
        go_on(database, settings.channel(name).name, SystemClock().now())
    tell(_("{channel} goes on").format(channel=name))


def _row(one: ChannelSettings, stage: Stage | None) -> dict[str, Any]:
    """A channel of the config; `stage` = how far first contact has come, of one that the config calls new."""
    shown = None if one.state != "new" else "new" if stage is None else stage.shown
    return {"channel": one.name, "marketplace": one.marketplace, "state": one.state, "stage": shown,
            "shop_id": one.shop_id, "url": one.url}  # fmt: skip


def _checked(settings: Settings, one: ChannelSettings, database: Database, record: Path | None) -> dict[str, Any]:
    from adapters.clock import SystemClock
    from adapters.contract import Cause, MarketplaceError
    from syncer.channels.authorisation import ends_it
    from syncer.channels.checking import check as ask
    from syncer.channels.opening import open_shop
    from syncer.channels.recording import recorded
    from syncer.channels.shop import said
    from syncer.cli.contacting import as_json, lines
    from syncer.errors import SyncerError
    from syncer.report.causes import advice_on_error
    from syncer.texts import _, told

    try:
        shop = open_shop(settings, one, database, SystemClock())
        with recorded(record, one.name, SystemClock()):
            found = ask(shop, one)
    except SyncerError as error:
        return {"channel": one.name, "verdict": "config", "message": str(error), "exit": error.exit_code}
    except MarketplaceError as error:
        code = 4 if ends_it(error) else 1
        message = f"{told(said(error))}; {advice_on_error(error, one.marketplace).action}"
        pending = code == 4 and error.cause is Cause.binding
        verdict = "binding_pending" if pending else "auth" if code == 4 else error.cause.value
        return {"channel": one.name, "verdict": verdict, "message": message, "exit": code}
    text = _("answers, lets us in, and is shop {shop}").format(shop=one.shop_id)
    return {
        "channel": one.name, "verdict": "good", "message": text, "exit": 0, **as_json(found),
        "lines": list(lines(one.name, found)),
    }  # fmt: skip
