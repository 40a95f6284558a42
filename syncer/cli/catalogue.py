"""`import`, `import undo`, `export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syncer.cli.options import JsonOption, opened, print_json, tell

if TYPE_CHECKING:
    from datetime import date, datetime

    from syncer.catalogue.importing import ImportReport
    from syncer.store.database import Database

SHOWN = 30


def register(app: typer.Typer) -> None:
    """Add the family to `app`."""
    app.command("import")(import_)
    app.command("export")(export)


def import_(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="CSV or XLSX files of ours; `undo` takes the last import back.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge the files, change nothing.")] = False,
    stock: Annotated[bool, typer.Option("--stock", help="Set the stock of SKUs that exist, too.")] = False,
    as_of: Annotated[str | None, typer.Option("--as-of", help="The day (or instant) that the file speaks of.")] = None,
    json_: JsonOption = False,
) -> None:
    """Read products, stock or prices from files. A row with an error is left out, the rest goes in."""
    moment = _moment(as_of)
    with opened(context) as (_settings, database):
        if [str(file) for file in files] == ["undo"]:
            _undo(database, json_)
            return
        reports = [_import(database, file, moment, stock, dry_run, json_) for file in files]
        if not dry_run:
            _remember(database, "import", "; ".join(f"{r.file}: {r.imported} / {r.rows}" for r in reports))
    if json_:
        print_json(reports[0].as_json() if len(reports) == 1 else {"files": [r.as_json() for r in reports]})
    raise typer.Exit(max(report.exit_code for report in reports))


def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where to write: .csv or .xlsx.")],
    json_: JsonOption = False,
) -> None:
    """Write the catalogue to a file that `import` reads."""
    from syncer.catalogue.exporting import export_file
    from syncer.texts import _

    with opened(context) as (_settings, database):
        rows = export_file(database, file)
    if json_:
        print_json({"file": str(file), "rows": rows})
    else:
        print(_("{rows} rows written to {file}").format(rows=rows, file=file))


def _moment(text: str | None) -> date | datetime | None:
    from datetime import datetime

    from syncer.catalogue.importing import WIB
    from syncer.catalogue.rules import day
    from syncer.errors import UsageError
    from syncer.texts import _

    if text is None:
        return None
    alone = day(text)
    if alone is not None:
        return alone
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(_("'{text}' is no date; write it as 2026-11-24").format(text=text)) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=WIB)


def _import(
    database: Database, file: Path, moment: date | datetime | None, stock: bool, dry_run: bool, quiet: bool
) -> ImportReport:
    from adapters.clock import SystemClock
    from syncer.catalogue.importing import import_file
    from syncer.cli.progress import counting

    with counting(str(file.name)) as step:
        report = import_file(
            database, file, now=SystemClock().now(), as_of=moment, stock=stock, dry_run=dry_run, progress=step
        )
    if not quiet:
        _show(report, dry_run)
    return report


def _show(report: ImportReport, dry_run: bool) -> None:
    from syncer.report.words import level_word
    from syncer.texts import _

    for found in report.problems[:SHOWN]:
        where = _("row {row}").format(row=found.row) if found.row is not None else _("the file")
        print(
            f"{report.file}: {where}, {found.column}: {level_word(found.level.value)}: {found.message} [{found.code}]"
        )
    if len(report.problems) > SHOWN:
        print(_("… and {rest} more; --json lists all").format(rest=len(report.problems) - SHOWN))
    left_out = len({p.row for p in report.problems if p.level.value == "error"})
    text = _("{file}: {rows} rows read, {imported} imported, {unchanged} unchanged, {left} left out")
    line = text.format(
        file=report.file, rows=report.rows, imported=report.imported, unchanged=report.unchanged, left=left_out
    )
    print(line + (_(" (dry run: nothing was changed)") if dry_run else ""))


def _remember(database: Database, action: str, text: str) -> None:
    """Who did it, for the journal."""
    from adapters.clock import SystemClock
    from syncer.store import journal

    with database.write() as session:
        journal.write(session, SystemClock().now(), action, text)


def _undo(database: Database, json_: bool) -> None:
    from adapters.clock import SystemClock
    from syncer.catalogue.undo import undo_last
    from syncer.texts import _

    undone = undo_last(database, SystemClock().now())
    _remember(database, "import undo", f"{undone.import_id}: {undone.file}")
    if json_:
        print_json({"import": undone.import_id, "file": undone.file, "products": undone.products,
                    "variants": undone.variants, "counts": undone.counts})  # fmt: skip
        return
    text = _("import {id} of {file} was taken back: {products} products, {variants} variants, {counts} counts")
    tell(text.format(id=undone.import_id, file=undone.file, products=undone.products, variants=undone.variants,
                     counts=undone.counts))  # fmt: skip
