"""Several scenarios in one file and back: a workbook with a sheet each, or a zip of CSV files.

Each sheet or file is a scenario file of its own: its name, its note and what differs from the
default.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from model.assumptions.labels import free_name
from model.assumptions.messages import counted, quoted
from model.formats import xlsx
from model.formats.answers import FormatError
from model.formats.characters import unfit
from model.formats.encoding import ZIP, ZIP_FAULTS, is_open_document
from model.formats.table import known_in
from model.limits import MEGABYTE, MOST_SCENARIO_BYTES, MOST_VARIANTS
from model.scenario import rows as scenario_csv
from model.scenario.reading import LIMITS
from model.scenario.scenario import Scenario
from model.scenario.sources import Source, content
from model.scenario.validation import ScenarioError

_TEXTS = (".csv", ".tsv", ".txt", ".xlsx")
_NO_SHEET = re.compile(r"[\[\]:*?/\\]")
_LONGEST_SHEET = 31
_YEAR_ZERO = (1980, 1, 1, 0, 0, 0)  # a zip remembers times; one of them keeps its bytes the same


@dataclass(frozen=True)
class Found:
    """What one sheet or file of several says: a scenario, or the problems with it."""

    place: str
    scenario: Scenario | None = None
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    called: str = ""
    """The name of its sheet or file among several."""

    def is_called(self, name: str) -> bool:
        """Tell whether a name is that of the scenario, or of its sheet or file."""
        names = (self.called, self.scenario.name if self.scenario else "")
        return name.casefold() in (one.casefold() for one in names if one)


def in_workbook(scenarios: Iterable[Scenario]) -> bytes:
    """Return an .xlsx workbook with a sheet for each scenario, the same bytes every time."""
    pages: dict[str, Scenario] = {}
    for one in scenarios:
        pages[_sheet_name(one.name, pages)] = one
    return xlsx.written(
        (name, scenario_csv.table(one.changed_rows())) for name, one in pages.items()
    )


def in_zip(scenarios: Iterable[Scenario]) -> bytes:
    """Return a zip with a CSV file for each scenario, the same bytes every time."""
    files: dict[str, Scenario] = {}
    for one in scenarios:
        files[free_name(one.name, files, "scenario")] = one
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, one in files.items():
            entry = zipfile.ZipInfo(f"{name}.csv", _YEAR_ZERO)
            entry.create_system = 3
            archive.writestr(entry, scenario_csv.encoded(one.changes_csv()), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _sheet_name(name: str, taken: Iterable[str]) -> str:
    """Return a name that a sheet may have, near that of its scenario."""
    there = {one.casefold() for one in taken}
    plain = "".join(c for c in _NO_SHEET.sub("-", name) if not unfit(c)).strip("' ") or "Scenario"
    found, number = plain[:_LONGEST_SHEET].strip("' "), 2
    # A spreadsheet program keeps this one for itself.
    while found.casefold() in there | {"history"}:
        ending = f" ({number})"
        found, number = plain[: _LONGEST_SHEET - len(ending)] + ending, number + 1
    return found


def read_several(source: Source) -> tuple[Found, ...]:
    """Return what a file says of one scenario or several; nothing is raised, problems are told.

    No more than the most that are kept are read; the rest is named.
    """
    raw, file = content(source)
    if len(raw) > MOST_SCENARIO_BYTES:
        return (_refused(file, f"larger than {MOST_SCENARIO_BYTES // MEGABYTE} MB"),)
    try:
        if xlsx.is_workbook(raw):
            return _of_workbook(raw, file)
        if raw.startswith(ZIP) and not is_open_document(raw):
            return tuple(_of_zip(raw, file))
    except FormatError as error:
        return tuple(_refused(file, problem) for problem in error.problems)
    return (_read(raw, file),)


def read_one(source: Source, variant: str = "") -> tuple[Scenario, tuple[str, ...]]:
    """Return the scenario of a file, of several the one called `variant`, and how it was read.

    ScenarioError if it is bad, or if nothing says which of several is meant.
    """
    found = read_several(source)
    fit = [one for one in found if one.is_called(variant)] if variant else list(found)
    if len(fit) == 1:
        (one,) = fit
        if one.scenario is None:
            raise ScenarioError(one.problems)
        return one.scenario, one.remarks
    _, file = content(source)
    named = (one.scenario.name if one.scenario else one.called for one in found)
    names = ", ".join(quoted(name) for name in named if name)
    if fit or not variant:
        raise Several(file, names)
    raise ScenarioError([f"{file}: no scenario {quoted(variant)} in it: there are {names}"])


class Several(ScenarioError):
    """A file of several scenarios where one is needed, and nothing says which."""

    def __init__(self, file: str, names: str) -> None:
        """Keep what the file and the scenarios in it are called."""
        self.file, self.names = file, names
        super().__init__([f"{file}: several scenarios are in it ({names}), where one is needed"])

    def __reduce__(self) -> tuple[type[Several], tuple[str, str]]:  # type: ignore[override]
        """Pickle with the names, so that the error crosses process borders."""
        return type(self), (self.file, self.names)


def _refused(place: str, problem: str) -> Found:
    return Found(place, problems=(f"{place}: {problem}",))


def _read(raw: bytes, place: str, sheet: str = "", called: str = "") -> Found:
    named = io.BytesIO(raw)
    named.name = place
    try:
        scenario, remarks = Scenario.read_with_remarks(named, sheet=sheet)
    except ScenarioError as error:
        return Found(place, problems=error.problems, called=sheet or called)
    return Found(place, scenario, remarks=remarks, called=sheet or called)


def _of_workbook(raw: bytes, file: str) -> tuple[Found, ...]:
    """Return the scenario of each sheet that has the columns of one; of one sheet, whatever."""
    needed = frozenset(scenario_csv.NEEDED)
    sheets = xlsx.sheets(raw, LIMITS)
    fit = [one.name for one in sheets if any(known_in(row, needed) > 2 for row in one.grid.rows)]
    if len(fit) < 2:
        return (_read(raw, file),)
    read = [_read(raw, file, name) for name in fit[:MOST_VARIANTS]]
    return (*read, *_too_many(file, fit, "sheet"))


def _of_zip(raw: bytes, file: str) -> Iterator[Found]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            inside = [one for one in archive.infolist() if _is_text(one)]
            for one in inside[:MOST_VARIANTS]:
                yield _of_entry(archive, one, file)
            yield from _too_many(file, [one.filename for one in inside], "file")
            if not inside:
                yield _refused(file, f"no scenario file in it: {', '.join(_TEXTS)} are read")
    except ZIP_FAULTS as error:
        yield _refused(file, f"no zip that can be read ({error})")


def _is_text(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.rpartition("/")[2]
    return name.lower().endswith(_TEXTS) and not name.startswith(".")


def _of_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str) -> Found:
    """Return the scenario of a file in a zip; no more of it is unpacked than may be read."""
    name = entry.filename.rpartition("/")[2]
    try:
        with archive.open(entry) as opened:
            raw = opened.read(MOST_SCENARIO_BYTES + 1)
            return _read(raw, name, called=name.rpartition(".")[0])
    except ZIP_FAULTS as error:
        return _refused(f"{file}, {quoted(name)}", f"cannot be unpacked ({error})")


def _too_many(file: str, there: Sequence[str], noun: str) -> Iterator[Found]:
    spare = there[MOST_VARIANTS:]
    if spare:
        named = ", ".join(map(quoted, spare[:MOST_VARIANTS]))
        said = f"{counted(len(spare), noun)} after the first {MOST_VARIANTS}: left out ({named})"
        yield _refused(file, said)
