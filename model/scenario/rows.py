"""The scenario file: rows to text and text to rows (PRODUCT "Files" and "Bad input").

Reading finds faults of the file: encoding, delimiter, columns, numbers. What the values mean is
checked in `model.scenario.validation`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from model.assumptions import correlations, remedies
from model.assumptions.declaration import Word
from model.assumptions.lookup import declared
from model.assumptions.messages import quoted, quoted_name
from model.assumptions.names import Value
from model.assumptions.remedies import Change
from model.beliefs.belief import EMPIRICAL, Belief
from model.limits import MEGABYTE, MOST_ROWS, MOST_SCENARIO_BYTES
from model.scenario.old_names import current

COLUMNS = ("name", "shape", "low", "mid", "high", "unit", "label", "source", "grade")
NEEDED = COLUMNS[:5]
BOM = "\ufeff"
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
# Cells that a spreadsheet would take for a formula get a leading apostrophe.
_FORMULA = "=+\\-@\t\r\n\0＝＋－＠"
_RISKY = re.compile(rf"'*[{_FORMULA}]")
_NEUTRALISED = re.compile(rf"''*[{_FORMULA}]")

Row = Mapping[str, str]


@dataclass
class Parsed:
    """What a file says: values by name, the spreadsheet row of each, and (row, problem)s."""

    values: dict[str, Value] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)


def neutralised(text: str) -> str:
    """Return text that no spreadsheet takes for a formula; `restored` undoes it."""
    return f"'{text}" if _RISKY.match(text) else text


def restored(cell: str) -> str:
    """Return the text behind a cell written by `neutralised`."""
    return cell[1:] if _NEUTRALISED.match(cell) else cell


def number(value: float) -> str:
    """Return the shortest text that reads back as the same float, whole numbers without `.0`."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def belief_cells(belief: Belief) -> dict[str, str]:
    """Return the cells of a belief; an empirical one has no numbers."""
    if belief.shape.startswith(EMPIRICAL):
        return {"shape": belief.shape}
    mid = "" if belief.mid is None else number(belief.mid)
    return {
        "shape": belief.shape,
        "low": number(belief.low),
        "mid": mid,
        "high": number(belief.high),
    }


def to_text(rows: Iterable[Row]) -> str:
    """Return rows as CSV text with a header and CRLF; text cells are neutralised."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        numbers = {part: row.get(part, "") for part in ("low", "mid", "high")}
        writer.writerow({k: neutralised(v) for k, v in row.items()} | numbers)
    return out.getvalue()


def encoded(text: str) -> bytes:
    """Return the bytes of a file: UTF-8 with a byte order mark, so that Excel reads it right."""
    return text.encode("utf-8-sig")


def parsed(raw: bytes) -> Parsed:
    """Return what the bytes of a scenario file say; faults are in `problems`, never raised."""
    result = Parsed()
    fault = _file_fault(raw)
    if fault:
        result.problems.append(fault)
        return result
    text = raw.decode("utf-8").removeprefix(BOM)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    position = 0
    try:
        for position, cells in enumerate(lines, 1):
            if position == 1:
                header = [cell.strip().lower() for cell in cells]
                fault_of_header = _header_fault(header)
                if fault_of_header:
                    result.problems.append((1, fault_of_header))
                    return result
            elif position > MOST_ROWS:
                result.problems.append((position, f"too many rows: at most {MOST_ROWS:,}"))
                return result
            elif any(cell.strip() for cell in cells):
                _take_row(result, position, header, cells)
    except csv.Error as error:
        result.problems.append((position + 1, f"not readable as CSV: {error}"))
    return result


def _file_fault(raw: bytes) -> tuple[int, str] | None:
    save = "save it as CSV UTF-8 with commas"
    if len(raw) > MOST_SCENARIO_BYTES:
        return 0, f"the file is larger than {MOST_SCENARIO_BYTES // MEGABYTE} MB"
    if not raw.removeprefix(BOM.encode()).strip():
        return 0, f"the file is empty: a header line {','.join(NEEDED)} is needed"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return 0, f"the encoding is UTF-16: {save}"
    if b"\0" in raw:
        return _line(raw, raw.index(b"\0")), f"NUL bytes, which no text has: {save}"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _line(raw, error.start), f"byte {raw[error.start]:#04x} is not UTF-8: {save}"
    return None


def _line(raw: bytes, position: int) -> int:
    return raw.count(b"\n", 0, position) + 1


def _header_fault(header: list[str]) -> str | None:
    missing = [column for column in NEEDED if column not in header]
    doubled = [column for column in COLUMNS if header.count(column) > 1]
    if doubled:
        return f"column {doubled[0]} appears twice: each column once"
    if not missing:
        return None
    for delimiter, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(header) == 1 and delimiter in header[0]:
            return f"separated by {word}: save it with commas"
    columns = "column" if len(missing) == 1 else "columns"
    return f"missing {columns} {', '.join(missing)}: a header line {','.join(NEEDED)} is needed"


def _take_row(result: Parsed, position: int, header: list[str], cells: list[str]) -> None:
    if len(cells) > len(header):
        counts = f"{len(cells)} cells under {len(header)} columns"
        result.problems.append((position, f"{counts}: put text with commas in quotes"))
        return
    row = {column: restored(cell.strip()) for column, cell in zip(header, cells, strict=False)}
    name = correlations.canonical(current(row.get("name", "")))
    if not name:
        result.problems.append((position, "the name is empty"))
    elif name in result.rows:
        first = result.rows[name]
        result.problems.append((position, f"{quoted_name(name)}: also in row {first}: once only"))
    else:
        result.rows[name] = position
        value, problems = _row_value(name, row)
        result.problems += [(position, f"{quoted_name(name)}: {problem}") for problem in problems]
        if value is not None:
            result.values[name] = value


def _row_value(name: str, row: Row) -> tuple[Value | None, list[str]]:
    """Return the value of a row, None to keep the default, and what is wrong with its cells."""
    shape = row.get("shape", "")
    if remedies.is_change(name):
        kind, _, form = shape.partition(" ")
        belief, problems = _belief(form, row)
        return Change(kind, row.get("label", ""), belief), problems
    try:
        item = declared(name)
    except KeyError:
        if not name.startswith(correlations.PREFIX):
            return Belief("", 0.0, 0.0), []  # the name is the problem, not its numbers
        return _belief("", row)
    if not isinstance(item, Word):
        return _belief(shape, row)
    filled = [part for part in ("low", "mid", "high") if row.get(part)]
    problems = [
        f"{part} {quoted(row[part])}: left empty, the word stands in shape" for part in filled
    ]
    return shape or None, problems


def _belief(shape: str, row: Row) -> tuple[Belief, list[str]]:
    """Return the belief in a row and what is wrong with its numbers."""
    if shape.startswith(EMPIRICAL):
        filled = [part for part in ("low", "mid", "high") if row.get(part)]
        stray = [f"{part} {quoted(row[part])}: left empty for {EMPIRICAL}FILE" for part in filled]
        return Belief(shape, 0.0, 0.0), stray
    problems = [problem for part in ("low", "high") if (problem := _number_fault(part, row))]
    if row.get("mid") and (problem := _number_fault("mid", row)):
        problems.append(problem)
    if problems:
        return Belief(shape, 0.0, 0.0), problems
    mid = float(row["mid"]) if row.get("mid") else None
    return Belief(shape, float(row["low"]), float(row["high"]), mid), []


def _number_fault(part: str, row: Row) -> str | None:
    cell = row.get(part, "")
    if not cell:
        return f"{part} is empty: a number is needed (low equal to high when certain)"
    if _NUMBER.fullmatch(cell) and abs(float(cell)) != float("inf"):
        return None
    allowed = "a plain number such as 0.05 or 1500000, without separators, % or unit"
    return f"{part} {quoted(cell)}: {allowed}"


def rows_of(values: Iterable[tuple[str, Value]], edited: Iterable[str]) -> Iterator[Row]:
    """Yield the row of each named value; those in `edited` lose the default's evidence."""
    changed = frozenset(edited)
    for name, value in values:
        notes = _notes(name)
        if name in changed and not name.startswith("scenario."):
            notes |= {"source": remedies.SET_BY_SCENARIO, "grade": "C"}
        yield {"name": name} | notes | _cells(name, value)


def canonical(values: Iterable[tuple[str, Value]]) -> bytes:
    """Return the named values as bytes, the same for the same values on every machine."""
    return to_text({"name": name} | _cells(name, value) for name, value in values).encode()


def _cells(name: str, value: Value) -> dict[str, str]:
    if isinstance(value, str):
        return {"shape": value}
    if isinstance(value, Belief):
        return belief_cells(value)
    return belief_cells(value.belief) | {
        "shape": remedies.shape_cell(name, value),
        "label": value.path,
    }


def _notes(name: str) -> dict[str, str]:
    """Return the cells for people: unit, label, source and grade."""
    if name.startswith(correlations.PREFIX):
        source = "Judgement: shared causes of failure"
        return {"label": "Rank correlation", "source": source, "grade": "C"}
    remedy = remedies.remedy_of(name)
    known = {other.name: other for other in remedies.library()}.get(remedy or "")
    evidence = {"source": known.source, "grade": known.grade} if known else {}
    if remedies.is_change(name):
        return evidence
    item = declared(name)
    notes = {"label": item.label, "source": item.source, "grade": item.grade} | evidence
    return notes | ({} if isinstance(item, Word) else {"unit": item.unit})
