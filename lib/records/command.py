"""The directory as a command: imports a file, with a progress bar and the counts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import sqlalchemy as sa
from tqdm import tqdm

from lib.records.directory import Directory
from lib.records.importing import NotImportable, apply, plan, read_table, suggest
from lib.records.store import Store, WrongDatabase
from lib.settings import BadSettings, Settings, load_settings


def main(arguments: list[str] | None = None) -> None:
    """`import FILE [--database URL]`; exits with 1 and a sentence where that is not possible."""
    parser = argparse.ArgumentParser(prog="python -m lib.records.directory", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    importing = commands.add_parser("import", help="customers from a CSV or Excel file with at least cust_id")
    importing.add_argument("file", type=Path)
    importing.add_argument("--database", help="its address; by default the one that the desk's settings name")
    asked = parser.parse_args(arguments)
    try:
        _import(asked.file, load_settings(), asked.database)
    except (NotImportable, WrongDatabase, BadSettings) as fault:
        sys.exit(str(fault))
    except sa.exc.OperationalError:
        sys.exit("The database cannot be written. Check the disk, and whether another import is running; then repeat.")
    except OSError:
        sys.exit("The file cannot be opened. Check its name and whether you may read it.")


def _import(file: Path, settings: Settings, database: str | None) -> None:
    table = read_table(file.name, file.read_bytes())
    store = Store(database or settings.database, profile=settings.profile_id or "sandbox")
    planned = plan(Directory(store), table, suggest(table.columns))
    with tqdm(total=len(planned.writes), unit="customers") as bar:
        counts = apply(planned, lambda done, _total: _advance(bar, done))
    print(  # noqa: T201 (a command speaks by printing)
        f"{counts.new} new, {counts.changed} changed, {counts.unchanged} unchanged, "
        f"{counts.erased} erased before and not brought back, {counts.refused} refused"
    )
    for refusal in planned.refused[:20]:
        print(f"  line {refusal.line}: {refusal.reason}")  # noqa: T201
    if len(planned.refused) > 20:
        print(f"  and {len(planned.refused) - 20:,} more")  # noqa: T201
    store.close()


def _advance(bar: tqdm[None], done: int) -> None:
    bar.update(done - bar.n)
