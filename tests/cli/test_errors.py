"""Whatever goes wrong, an operator meets one sentence and the exit code of DESIGN 8, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Syncer

CHANNEL = '[channels.plut]\nmarketplace = "shopee"\nstate = "active"\nshop_id = "1"\n'


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nosuch"], "No such command 'nosuch'; see --help"),
        (["plan", "--nosuch"], "No such option: --nosuch"),
        (["import"], "Missing argument"),
        (["--lang", "fr", "status"], "there are no texts in 'fr'; choose one of id, en"),
        (["status"], "syncer.toml: there is no such file; `syncer init` writes one"),
        (["--config", "no.toml", "status"], "no.toml: there is no such file"),
        (["sandbox", "--switch", "x"], "--switch is written ID=POSITION"),
        (["sandbox", "--switch", "no.such=x"], "no.such"),
        (["sandbox", "--limits", "none"], "limits are real or fast, not 'none'"),
    ],
)
def test_wrong_words_without_a_config(syncer: Syncer, words: list[str], said: str) -> None:
    ended = syncer(*words)
    assert said in ended.sentence
    assert ended.sentence.startswith("syncer: ")
    assert (ended.code, ended.out) == (2, "")


@pytest.mark.parametrize("words", [[], ["channel"], ["variant"]])
def test_no_words_at_all_show_the_help_as_it_stands(syncer: Syncer, words: list[str]) -> None:
    ended = syncer(*words)
    assert (ended.code, ended.out) == (2, "")
    assert "\nCommands:\n" in ended.err


def _append(lines: str) -> None:
    with Path("syncer.toml").open("a", encoding="utf-8") as file:
        file.write(lines)


def test_a_pause_needs_a_reason(syncer: Syncer) -> None:
    assert syncer("init").code == 0
    _append(CHANNEL)
    ended = syncer("channel", "pause", "plut", "--why", " ")
    assert (ended.code, "--why is empty" in ended.sentence) == (2, True)


def test_what_stops_one_channel_stops_no_other(syncer: Syncer) -> None:
    assert syncer("init").code == 0
    _append(CHANNEL + CHANNEL.replace("plut", "kedua"))
    for words in (["plan"], ["audit"], ["orders", "pull"], ["category", "check"]):
        ended = syncer(*words)
        assert ended.code == 2
        assert [line for line in ended.err.splitlines() if "PARTNER_ID" in line] == ended.err.splitlines()
        assert ("PLUT__" in ended.err, "KEDUA__" in ended.err) == (True, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["plan"], "no channel is active"),
        (["resync"], "no channel is active"),
        (["orders", "pull"], "no channel is active"),
        (["resync", "--channel", "shop"], "no channel 'shop' in syncer.toml; there are: none yet"),
        (["status", "--channel", "shop"], "no channel 'shop'"),
        (["report", "--channel", "shop"], "no channel 'shop'"),
        (["report", "--format", "pdf"], "--format 'pdf' is not one of: text, json, html"),
        (["held", "approve", "7"], "no hold 7 waits; `syncer held` shows those that do"),
        (["import", "no.csv"], "no.csv: cannot be read"),
        (["import", "no.csv", "--as-of", "yesterday"], "'yesterday' is no date; write it as 2026-11-24"),
        (["--database", "mysql://x", "status"], "the database's address is not understood"),
        (["--database", "sqlite:////proc/no/x.db", "status"], "cannot be opened or written"),
        (["--database", "postgresql://plut:hidden@127.0.0.1:1/x", "status"], "cannot be opened or written"),
    ],
)
def test_wrong_words_with_a_config(syncer: Syncer, words: list[str], said: str) -> None:
    assert syncer("init").code == 0
    ended = syncer(*words)
    assert said in ended.sentence
    assert "hidden" not in ended.sentence
    assert (ended.code, ended.out) == (2, "")


def test_wrong_words_about_one_channel(syncer: Syncer, tmp_path: Path) -> None:
    syncer("init")
    with (tmp_path / "syncer.toml").open("a", encoding="utf-8") as file:
        file.write(CHANNEL)
    for words, said in {
        ("resync", "--facet", "colour"): "--facet 'colour' is not one of: ",
        ("resync", "--sku", "NO-SUCH"): "SKU 'NO-SUCH' is not in the catalogue",
        ("resync",): "secrets.env: PLUT__PARTNER_ID is missing; write the line PLUT__PARTNER_ID=… there",
    }.items():
        ended = syncer(*words)
        assert said in ended.sentence
        assert ended.code == 2


def test_without_an_import_there_is_none_to_take_back(syncer: Syncer) -> None:
    syncer("init")
    ended = syncer("import", "undo")
    assert (ended.code, ended.sentence) == (1, "syncer: there is no import to take back")


def test_a_driver_that_is_not_installed_names_the_way_out(syncer: Syncer, monkeypatch: pytest.MonkeyPatch) -> None:
    syncer("init")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    ended = syncer("--database", "postgresql://127.0.0.1:1/x", "status")
    assert "PostgreSQL needs psycopg; run: pip install 'marketplace-syncer[postgres]'" in ended.sentence
    assert ended.code == 2


def test_what_nobody_foresaw_is_a_sentence_too(syncer: Syncer, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_words: object) -> None:
        raise ZeroDivisionError("so\nit goes")

    syncer("init")
    monkeypatch.setattr("syncer.report.model.make_report", broken)
    ended = syncer("status")
    assert "this should not have happened (ZeroDivisionError: so it goes)" in ended.sentence
    assert ended.code == 1
    monkeypatch.setenv("SYNCER_DEBUG", "1")
    monkeypatch.setattr(sys, "argv", ["syncer", "status"])
    from syncer.cli.main import main

    with pytest.raises(ZeroDivisionError):
        main()


def test_ctrl_c_ends_with_130(syncer: Syncer, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_words: object) -> None:
        raise KeyboardInterrupt

    syncer("init")
    monkeypatch.setattr("syncer.report.model.make_report", interrupted)
    ended = syncer("status")
    assert (ended.code, ended.out, ended.err) == (130, "", "")


def test_errors_speak_the_language_of_the_config(syncer: Syncer, monkeypatch: pytest.MonkeyPatch) -> None:
    syncer("init")
    monkeypatch.delenv("SYNCER_LANG")
    assert "tidak ada kanal yang aktif" in syncer("plan").sentence
    assert "no channel is active" in syncer("--lang", "en", "plan").sentence


# --- as a process of its own: pipes, full disks, what is imported ----------------------------------------------------


def process(folder: Path, *words: str, out: int | None = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SYNCER_LANG": "en", "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [sys.executable, "-m", "syncer", *words], cwd=folder, env=environment, text=True, stdout=out,
        stderr=subprocess.PIPE, timeout=60, check=False,
    )  # fmt: skip


def test_a_reader_that_went_away_is_no_error(tmp_path: Path, syncer: Syncer) -> None:
    syncer("init")
    for words in (("report",), ("--help",)):
        read, write = os.pipe()
        os.close(read)
        ended = process(tmp_path, *words, out=write)
        os.close(write)
        assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)])
def test_streams_that_the_caller_closed_are_no_error(tmp_path: Path, syncer: Syncer, closed: tuple[int, ...]) -> None:
    syncer("init")
    shell = " ".join([f'"{sys.executable}"', "-m syncer status", *(f"{number}>&-" for number in closed)])
    environment = {**os.environ, "SYNCER_LANG": "en", "PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run(
        ["/bin/sh", "-c", shell], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == ("" if 1 in closed else "No channel yet: name one in the config.\n")


def test_a_full_disk_is_one_sentence(tmp_path: Path, syncer: Syncer) -> None:
    syncer("init")
    with open("/dev/full", "w") as full:
        ended = process(tmp_path, "report", out=full.fileno())
    assert ended.returncode == 1
    assert ended.stderr == "syncer: No space left on device; correct the place, its permissions or the disk\n"


def test_a_place_that_cannot_be_written(tmp_path: Path, syncer: Syncer) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    ended = syncer("init", "file/folder")
    assert "file/folder: Not a directory; correct the place, its permissions or the disk" in ended.sentence


def loaded(folder: Path, *words: str) -> set[str]:
    """The top names of all modules that a command loads."""
    code = (
        f"import sys; sys.argv = {['syncer', *words]!r}\n"
        "from syncer.cli.main import main\n"
        "try: main()\n"
        "finally: print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return set(ended.stderr.split())


def test_help_loads_none_of_the_heavy_libraries(tmp_path: Path) -> None:
    names = loaded(tmp_path, "--help")
    heavy = {"sqlmodel", "sqlalchemy", "pydantic", "requests", "rich", "cryptography", "alembic", "PIL", "filelock"}
    assert names & heavy == set()
    assert "typer" in names


def test_status_loads_only_what_reading_the_database_needs(tmp_path: Path, syncer: Syncer) -> None:
    syncer("init")
    names = loaded(tmp_path, "status")
    assert names & {"requests", "rich", "cryptography", "alembic", "PIL", "filelock", "python_calamine"} == set()
    assert "sqlmodel" in names
