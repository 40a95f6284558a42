"""`variant retire`, `variant restore`, `variant rename`: what a file cannot say of a variant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from syncer.cli.options import JsonOption, opened, print_json, tell

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

variant = typer.Typer(help="What a file cannot say of a variant.", rich_markup_mode=None, no_args_is_help=True)
WaitOption = Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for another run.")]
SkuArgument = Annotated[str, typer.Argument(help="The variant's SKU.")]


def register(app: typer.Typer) -> None:
    """Add the family to `app`."""
    variant.command("retire")(retire)
    variant.command("restore")(restore)
    variant.command("rename")(rename)
    app.add_typer(variant, name="variant")


def retire(context: typer.Context, sku: SkuArgument, json_: JsonOption = False) -> None:
    """Take a variant out of its product: sold no more; its removal from the shops is held for you to approve."""
    from syncer.catalogue import variants
    from syncer.store import journal
    from syncer.texts import _

    with opened(context) as (_settings, database), database.write() as session:
        code = variants.retire(session, sku)
        journal.write(session, _now(), "variant retire", sku)
    text = _("{product}: {sku} is taken out; `syncer resync` stops its sale, and its removal waits in `syncer held`")
    _say(json_, code, sku, text)


def restore(
    context: typer.Context, sku: SkuArgument, wait: WaitOption = 60.0, json_: JsonOption = False
) -> None:  # fmt: skip
    """Put a variant back; it, or its whole listing, is made anew where it was removed in a shop's app."""
    from syncer.catalogue import variants
    from syncer.store import journal
    from syncer.texts import _

    with between_runs(context, wait) as session:
        restored = variants.restore(session, sku)
        journal.write(session, _now(), "variant restore", sku)
    if json_:
        print_json({"product": restored.code, "sku": sku, "anew": list(restored.anew)})
        return
    _say(False, restored.code, sku, _("{product}: {sku} is sold again with the next run"))
    if restored.anew:
        text = _("{product}: the listing is gone from {channels}, and is made anew there")
        tell(text.format(product=restored.code, channels=", ".join(restored.anew)))


def rename(
    context: typer.Context, sku: SkuArgument, new: Annotated[str, typer.Argument(help="The new SKU.")],
    wait: WaitOption = 60.0, json_: JsonOption = False,
) -> None:  # fmt: skip
    """Give a variant another SKU; its ids in the shops, its stock and its orders stay. Files must use the new one."""
    from syncer.catalogue import variants
    from syncer.store import journal
    from syncer.texts import _

    with between_runs(context, wait) as session:
        code = variants.rename(session, sku, new)
        journal.write(session, _now(), "variant rename", f"{sku} -> {new}")
    _say(json_, code, new, _("{product}: the variant is called {sku} now"))


@contextmanager
def between_runs(context: typer.Context, wait_s: float) -> Iterator[Session]:
    """A write transaction while no run has a call on its way: its outcome would be looked up under the old name."""
    from adapters.clock import SystemClock
    from syncer.channels.opening import lock_folder
    from syncer.sync.lease import hold_every

    with (
        opened(context) as (settings, database),
        hold_every(database, lock_folder(settings, database), SystemClock(), wait_s),
        database.write() as session,
    ):
        yield session


def _say(json_: bool, product: str, sku: str, text: str) -> None:
    if json_:
        print_json({"product": product, "sku": sku})
    else:
        tell(text.format(product=product, sku=sku))


def _now() -> datetime:
    from adapters.clock import SystemClock

    return SystemClock().now()
