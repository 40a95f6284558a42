"""`held`: what the guards hold, and a person's decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from syncer.cli.options import JsonOption, opened, print_json, tell

if TYPE_CHECKING:
    from syncer.sync.holds import Held

held = typer.Typer(help="What the guards hold, waiting for a person.", rich_markup_mode=None)
IdArgument = Annotated[int, typer.Argument(help="The hold's number, as `syncer held` shows it.")]


def register(app: typer.Typer) -> None:
    """Add the family to `app`."""
    app.add_typer(held, name="held")


@held.callback(invoke_without_command=True)
def list_(context: typer.Context, json_: JsonOption = False) -> None:
    """Show what is held as a diff, one line per change."""
    if context.invoked_subcommand is not None:
        return
    from syncer.sync.holds import waiting
    from syncer.texts import _

    with opened(context) as (_settings, database), database.read() as session:
        rows = waiting(session)
    if json_:
        print_json({"held": [one.as_json() for one in rows]})
        return
    if not rows:
        tell(_("nothing is held"))
    for one in rows:
        _show(one)


@held.command("approve")
def approve(context: typer.Context, number: IdArgument, json_: JsonOption = False) -> None:
    """Let exactly the changes that are shown pass, with the next run; nothing that changed since."""
    _decide(context, number, "approved", json_)


@held.command("reject")
def reject(context: typer.Context, number: IdArgument, json_: JsonOption = False) -> None:
    """Never push exactly these changes."""
    _decide(context, number, "rejected", json_)


def _decide(context: typer.Context, number: int, decision: str, json_: bool) -> None:
    from adapters.clock import SystemClock
    from syncer.store import journal
    from syncer.sync.holds import decide
    from syncer.texts import _, kept

    with opened(context) as (_settings, database), database.write() as session:
        one = decide(session, number, decision, SystemClock().now())
        words = kept("{number}: {message}", number=one.id, message=one.message)
        journal.write(session, SystemClock().now(), f"held {decision}", words, one.channel)
    if json_:
        print_json({**one.as_json(), "decision": decision})
        return
    text = _("{number}: {count} changes approved; they go with the next run (`syncer resync`)")
    if decision == "rejected":
        text = _("{number}: {count} changes rejected; they are not pushed")
    tell(text.format(number=number, count=len(one.changes)))


def _show(one: Held) -> None:
    from syncer.report.causes import advice_on
    from syncer.report.words import facet_value, facet_word
    from syncer.texts import told

    print(f"@@ {one.id} {one.channel} {advice_on(one.rule).title}: {told(one.message)}")
    for change in one.changes:
        before, after = facet_value(change.facet, change.before), facet_value(change.facet, change.after)
        print(f"{change.sku or change.product} {facet_word(change.facet)}: {before} -> {after}")
