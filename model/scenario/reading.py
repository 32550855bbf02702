"""The scenario file read: what its rows say, whatever spreadsheet saved it (PRODUCT "Files").

Finds faults of the file: columns, doubled rows, cells that mean nothing or several things. What the
values mean is checked in `model.scenario.validation`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter

from model.assumptions import correlations, profiles, remedies
from model.assumptions.currency import NAME as CURRENCY
from model.assumptions.currency import currencies
from model.assumptions.declaration import USD, Word
from model.assumptions.lookup import cause_of, declared
from model.assumptions.messages import counted, quoted, quoted_name
from model.assumptions.names import Value
from model.assumptions.remedy_library import Change
from model.beliefs.belief import EMPIRICAL, Belief
from model.formats.answers import FormatError
from model.formats.dates import Order, day_order
from model.formats.limits import Limits
from model.formats.reading import read
from model.formats.table import Cell, Table, is_empty, normal
from model.limits import (
    MOST_ROWS,
    MOST_SCENARIO_BYTES,
    MOST_UNPACKED_BYTES,
    MOST_WORKBOOK_CELLS,
)
from model.scenario import cells
from model.scenario.old_names import current, remarks, stand_in, today
from model.scenario.provenance import NONE, Provenance
from model.scenario.provenance import problems as provenance_problems
from model.scenario.rows import COLUMNS, NEEDED, NUMBERS

START_DATE = "simulation.start_date"
LIMITS = Limits(
    size=MOST_SCENARIO_BYTES,
    unpacked=MOST_UNPACKED_BYTES,
    rows=MOST_ROWS,
    workbook_cells=MOST_WORKBOOK_CELLS,
)
_MOST_SHOWN = 5

Row = Mapping[str, Cell]


@dataclass
class Parsed:
    """What a file says: values by name, the spreadsheet row of each, and (row, problem)s."""

    values: dict[str, Value] = field(default_factory=dict)
    provenance: dict[str, Provenance] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """What was understood of the file, a line each: everything that is said about a reading."""

    def placed(self, file: str, later: Iterable[tuple[str, str]] = ()) -> list[str]:
        """Return every problem with file and row, and those found `later`, as (name, problem)s.

        A row whose cells are wrong is not judged a second time.
        """
        broken = {row for row, _ in self.problems}
        judged = [(self.rows.get(k, 0), f"{quoted_name(k)}: {problem}") for k, problem in later]
        found = [*self.problems, *(item for item in judged if item[0] not in broken)]
        return [_placed(file, row, text) for row, text in sorted(found, key=itemgetter(0))]


def _placed(file: str, row: int, text: str) -> str:
    here = text.startswith(("row ", "line ", "sheet ", "record "))
    return f"{file}, row {row}, {text}" if row else f"{file}{', ' if here else ': '}{text}"


def parsed(raw: bytes, file: str = "", sheet: str = "") -> Parsed:
    """Return what the bytes of a scenario file say; faults are in `problems`, never raised.

    Of a workbook the `sheet` is read, without one that with most of the columns known.
    """
    result = Parsed()
    try:
        table = read(raw, file, known=COLUMNS, numbers=NUMBERS, sheet=sheet, limits=LIMITS)
    except FormatError as error:
        result.problems += [(0, problem) for problem in error.problems]
        return result
    names = [normal(name) for name in table.columns]
    fault = _header_fault(names)
    if fault:
        result.problems.append((table.header_line, fault))
        return result
    result.remarks += [*table.remarks, *_not_read(table, names)]
    _Rows(table, names, result).take_all()
    _gather_profiles(result)
    return result


def _gather_profiles(result: Parsed) -> None:
    """Make one word of the rows of each own profile, which overrides the profile's word."""
    own = {name: v for name, v in result.values.items() if profiles.is_row(name)}
    given = {name: value.low for name, value in own.items() if isinstance(value, Belief)}
    if not given:
        return
    uneven = [n for n, v in own.items() if isinstance(v, Belief) and v.low != v.high]
    result.problems += [(result.rows[n], f"{n}: one weight, in low and high") for n in uneven]
    words, missing = profiles.gathered(given)
    for name in own:
        del result.values[name]
        whole = name.rpartition(".")[0]
        result.rows.setdefault(whole, result.rows[name])
        provenance = result.provenance.pop(name, None)
        if provenance is not None:
            result.provenance.setdefault(whole, provenance)
    broken = {row for row, _ in result.problems}
    if not broken & {result.rows[name] for name in own}:
        result.problems += [(result.rows[one], text) for one, text in missing.items()]
    result.values |= words


def _header_fault(names: list[str]) -> str | None:
    missing = [column for column in NEEDED if column not in names]
    doubled = [column for column in COLUMNS if f"{column} (2)" in names]
    if doubled:
        return f"column {doubled[0]} appears twice: each column once"
    if not missing:
        return None
    columns = "column" if len(missing) == 1 else "columns"
    return f"missing {columns} {', '.join(missing)}: a header line {','.join(NEEDED)} is needed"


def _not_read(table: Table, names: list[str]) -> Iterator[str]:
    strange = [
        quoted(table.columns[k])
        for k, name in enumerate(names)
        if name not in COLUMNS and not all(is_empty(row[k]) for row in table.rows)
    ]
    if strange:
        more = f" and {len(strange) - _MOST_SHOWN} more" if len(strange) > _MOST_SHOWN else ""
        noun = "column" if len(strange) == 1 else "columns"
        yield f"left out {noun} {', '.join(strange[:_MOST_SHOWN])}{more}: no part of a scenario"


class _Rows:
    """Takes the rows of a table one by one, with what the whole file settles about its cells."""

    def __init__(self, table: Table, names: list[str], result: Parsed) -> None:
        self._table, self._result = table, result
        self._at = {name: names.index(name) for name in COLUMNS if name in names}
        self._order: Order = day_order(list(self._days()))
        self._said: list[str] = []
        self._currency = self._file_currency()

    def _days(self) -> Iterator[Cell]:
        for row in self._table.rows:
            if cells.text(row[self._at["name"]]) == START_DATE:
                yield row[self._at["shape"]]
            if "date" in self._at:
                yield row[self._at["date"]]

    def _file_currency(self) -> str:
        """Return the currency that the file says its amounts are in; US dollars if it is none."""
        said = [
            cells.text(row[self._at["shape"]])
            for row in self._table.rows
            if cells.text(row[self._at["name"]]) == CURRENCY
        ]
        return said[0] if said and said[0] in currencies() else USD

    def take_all(self) -> None:
        """Take every row, and say which cells were read as something a program writes."""
        for index, given in enumerate(self._table.rows):
            row = {name: given[k] for name, k in self._at.items()}
            self._take(self._table.line_numbers[index], row)
        if self._said:
            shown = "; ".join(self._said[:_MOST_SHOWN])
            more = len(self._said) - _MOST_SHOWN
            rest = f"; and {more:,} more" if more > 0 else ""
            self._result.remarks.append(f"read {counted(len(self._said), 'cell')}: {shown}{rest}")

    def _take(self, position: int, row: Row) -> None:
        result = self._result
        written = cells.text(row["name"])
        name = correlations.canonical(current(written))
        if not name:
            if not all(map(is_empty, row.values())):
                result.problems.append((position, "the name is empty"))
        elif name in result.rows:
            first = result.rows[name]
            problem = f"{quoted_name(name)}: also in row {first}: once only"
            result.problems.append((position, problem))
        else:
            result.rows[name] = position
            value, problems = self._value(name, row)
            provenance, more = self._provenance(name, row)
            problems = [*problems, *more]
            result.problems += [(position, f"{quoted_name(name)}: {one}") for one in problems]
            told = remarks([(written, value)])
            result.remarks += [line for line in told if line not in result.remarks]
            if value is not None:
                result.values[name] = today(written, value)
            if provenance != NONE and not more:
                result.provenance[name] = provenance

    def _value(self, name: str, row: Row) -> tuple[Value | None, list[str]]:
        """Return the value of a row, None to keep the default, and what is wrong with its cells."""
        shape = cells.text(row["shape"])
        if profiles.is_row(name):
            return self._belief(name, "", row, "")
        if remedies.is_change(name):
            kind, _, form = _uncapped(shape).partition(" ")
            path = cells.text(row.get("label", ""))
            unit = _unit_of_change(name, kind, path, self._currency)
            belief, problems = self._belief(name, form, row, unit)
            return Change(kind, path, belief), problems
        try:
            item = declared(stand_in(name), self._currency)
        except KeyError:
            if not name.startswith(correlations.PREFIX):
                return Belief("", 0.0, 0.0), []  # the name is the problem, not its numbers
            return self._belief(name, "", row, "")
        if not isinstance(item, Word):
            return self._belief(name, _uncapped(shape), row, item.unit)
        problems = [
            f"{part} {quoted(cells.text(row[part]))}: left empty, the word stands in shape"
            for part in NUMBERS
            if not is_empty(row[part])
        ]
        if name == START_DATE and shape:
            shape, wrong = self._day(name, "shape", row)
            problems += wrong
        return shape or None, problems

    def _belief(self, name: str, shape: str, row: Row, unit: str) -> tuple[Belief, list[str]]:
        """Return the belief in a row and what is wrong with its numbers."""
        if shape.startswith(EMPIRICAL):
            filled = [part for part in NUMBERS if not is_empty(row[part])]
            return Belief(shape, 0.0, 0.0), [
                f"{part} {quoted(cells.text(row[part]))}: left empty for {EMPIRICAL}FILE"
                for part in filled
            ]
        found = {part: cells.number(row[part], self._table.decimal, unit) for part in NUMBERS}
        problems = [f"{part} {one.problem}" for part, one in found.items() if one.problem]
        low, mid, high = (found[part].value for part in NUMBERS)
        problems += [
            f"{part} is empty: a number is needed (low equal to high when certain)"
            for part in ("low", "high")
            if found[part].value is None and not found[part].problem
        ]
        self._say(name, found)
        if problems or low is None or high is None:
            return Belief(shape, 0.0, 0.0), problems
        return Belief(shape, low, high, mid), []

    def _provenance(self, name: str, row: Row) -> tuple[Provenance, list[str]]:
        """Return where a row's value comes from, as the file says, and what is wrong with that."""
        day, problems = self._day(name, "date", row) if "date" in row else ("", [])
        texts = {part: " ".join(cells.text(row.get(part, "")).split()) for part in _TEXTS}
        given = Provenance(texts["source"], texts["grade"].upper(), texts["owner"], day)
        return given, [*problems, *provenance_problems(given)]

    def _day(self, name: str, column: str, row: Row) -> tuple[str, list[str]]:
        found = cells.day(row[column], self._order)
        self._say(name, {column: found})
        return found.value or "", [f"{column} {found.problem}"] if found.problem else []

    def _say(self, name: str, found: Mapping[str, cells.Read[float] | cells.Read[str]]) -> None:
        self._said += [f"{name}, {part} {one.said}" for part, one in found.items() if one.said]


def _uncapped(shape: str) -> str:
    """Return a shape without the capital that a spreadsheet gives the first word of a cell."""
    return shape if shape.startswith(EMPIRICAL) else shape[:1].lower() + shape[1:]


_TEXTS = ("source", "grade", "owner")


def _unit_of_change(name: str, kind: str, path: str, currency: str) -> str:
    """Return the unit of the numbers of a remedy's change, as far as its cells tell."""
    default = remedies.library_rows().get(name)
    if isinstance(default, Change):
        kind, path = kind or default.kind, path or default.path
    its_cause = [cause for cause in (cause_of(path),) if cause]
    target = remedies.targets(path, its_cause, currency) if kind == "set" else remedies.FACTOR
    return target.unit if target else ""
