"""`init`, `sandbox`, `demo`: a first config, a shop to try it on, and the whole story in under a minute."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from syncer.cli.options import open_store, tell


def register(app: typer.Typer) -> None:
    """Add the family to `app`."""
    app.command("init")(init)
    app.command("sandbox")(sandbox)
    app.command("demo")(demo)


def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where to write; this folder without it.")] = Path(),
) -> None:
    """Write a commented config with a fresh key, and create the database. Never over an existing config."""
    from cryptography.fernet import Fernet

    from syncer.errors import UsageError
    from syncer.settings import CONFIG_NAME, SECRETS_NAME, config_dir, load_settings
    from syncer.texts import _

    config = context.obj.config or folder / CONFIG_NAME
    secrets = config.with_name(SECRETS_NAME)
    for path in (config, secrets):
        if path.exists():
            raise UsageError(_("{path}: exists already and was left as it is; choose another folder").format(path=path))
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text((config_dir() / CONFIG_NAME).read_text(encoding="utf-8"), encoding="utf-8")
    categories = config.with_name("categories.csv")
    if not categories.exists():
        categories.write_text((config_dir() / "categories.csv").read_text(encoding="utf-8"), encoding="utf-8")
    with os.fdopen(os.open(secrets, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(f"SYNCER_KEY={Fernet.generate_key().decode()}\n")
    open_store(load_settings(config, context.obj.database)).close()
    tell(_("{config} was written, and its database created; open it, it says what to do next").format(config=config))


def sandbox(
    write_config: Annotated[Path | None, typer.Option(help="First write a config that points at the sandbox.")] = None,
    state: Annotated[Path | None, typer.Option(help="Keep the shops' state in this file.")] = None,
    limits: Annotated[str, typer.Option(help="real or fast: windows and delays divided by up to 60.")] = "fast",
    switch: Annotated[list[str] | None, typer.Option(help="ID=POSITION of an open question; may be repeated.")] = None,
    seed: Annotated[int, typer.Option(help="The dice's seed.")] = 0,
    port: Annotated[int, typer.Option(help="The first marketplace's port; 0 = any free one.")] = 0,
    json_: Annotated[bool, typer.Option("--json", help="One JSON line a marketplace, then ready.")] = False,
) -> None:
    """Run the marketplaces as local servers, until SIGTERM or Ctrl-C."""
    import sys

    from adapters.sandbox.serve import serve
    from syncer.cli.running import stop_on_signals
    from syncer.errors import Failed, UsageError
    from syncer.texts import _

    pairs = [text.partition("=") for text in switch or ()]
    if any(not sign for _name, sign, _position in pairs):
        raise UsageError(_("--switch is written ID=POSITION"))
    try:
        serve(write_config, json_, state, limits, {name: position for name, _sign, position in pairs}, seed, port,
              sys.stdout, stop_on_signals())  # fmt: skip
    except ValueError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        text = _("port {port}: cannot be used ({reason}); choose another with --port, or 0 for any free one")
        raise Failed(text.format(port=port, reason=error.strerror)) from None


def demo(
    keep: Annotated[Path | None, typer.Option(help="Keep config, database and report in this folder.")] = None,
) -> None:
    """The main job on the example catalogue and a sandbox shop: needs no account and no network."""
    from syncer.cli.story import tell_story

    raise typer.Exit(tell_story(keep))
