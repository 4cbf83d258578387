# SPDX-License-Identifier: EUPL-1.2
"""The list of group admins as a CSV file: nothing in it runs, and nothing is half read in."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime

from core import errors
from core.admin import Admin, Rank
from dashboard import words
from dashboard.export import runs
from dashboard.registry import Newcomer, problem_of
from dashboard.spoken import joined, say
from store.consent import Group

#: What a list that comes in must have; other columns are left alone.
NEEDED = ("groep", "naam", "mail", "rol")
_COLUMNS = (*NEEDED, "groepsnaam", "bron", "buurt", "stand", "bevestigd", "verloopt")
_MOST = 1_000
#: Lines of which the fault is told.
_TOLD = 10


def export(admins: Sequence[Admin], groups: Mapping[str, Group], now: datetime) -> str:
    """Return the list, for a Dutch spreadsheet: semicolons, and a mark that it is UTF-8."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for admin in admins:
        group = groups.get(admin.group_id or "")
        cells = (
            admin.group_id or "",
            admin.name,
            admin.contact,
            admin.rank.value,
            group.name if group else "",
            words.SOURCE.get(group.source, group.source) if group else "",
            group.area if group else "",
            admin.at(now).value,
            words.day(admin.confirmed_at),
            words.day(admin.expires_at),
        )
        writer.writerow([harmless(cell) for cell in cells])
    return "\ufeff" + file.getvalue()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if runs(cell) else cell


def read(data: bytes, groups: Mapping[str, Group]) -> list[Newcomer]:
    """Return who is in the list; ``BadInput`` names each line that is wrong."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise errors.BadInput(say("Dit bestand is geen CSV in UTF-8.")) from None
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True))
    except csv.Error:
        raise errors.BadInput(say("Dit bestand is geen goede CSV.")) from None
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    if missing := [name for name in NEEDED if name not in header]:
        raise errors.BadInput(
            say("In de eerste regel ontbreekt de kolom '%(missing)s'.", missing=missing[0])
        )
    if len(rows) > _MOST:
        raise errors.BadInput(say("Een lijst mag hoogstens %(most)s regels hebben.", most=_MOST))
    return _newcomers(rows, header, groups)


def _newcomers(
    rows: Sequence[Sequence[str]], header: Sequence[str], groups: Mapping[str, Group]
) -> list[Newcomer]:
    found: dict[tuple[str, str], Newcomer] = {}
    wrong: list[str] = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(header, map(_plain, row), strict=False))
        problem = _problem(cells, groups)
        key = (cells.get("groep", ""), cells.get("mail", "").lower())
        if not problem and key in found:
            problem = say("Deze beheerder staat er dubbel in.")
        if problem:
            wrong.append(say("Regel %(number)s: %(problem)s", number=number, problem=problem))
            continue
        found[key] = Newcomer(
            group_id=cells["groep"],
            name=cells["naam"],
            mail=cells["mail"],
            rank=Rank(cells["rol"].lower()),
        )
    if wrong:
        more = [say("En nog %(n)s regels.", n=len(wrong) - _TOLD)] if len(wrong) > _TOLD else []
        raise errors.BadInput(joined(" ", [say("Er is niets ingelezen."), *wrong[:_TOLD], *more]))
    return list(found.values())


def _problem(cells: Mapping[str, str], groups: Mapping[str, Group]) -> str:
    if any(name not in cells for name in NEEDED):
        return say("Er ontbreken kolommen.")
    if cells["groep"] not in groups:
        return say("Deze groep kennen wij niet.")
    if cells["rol"].lower() not in set(Rank):
        return say("De rol is %(ranks)s.", ranks=joined(say(" of "), Rank))
    return problem_of(cells["naam"], cells["mail"])


def _plain(cell: str) -> str:
    """Take the mark off that ``harmless`` put there."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and runs(cell[1:]) else cell


def _delimiter(text: str) -> str:
    return ";" if ";" in text.partition("\n")[0] else ","
