"""How much of a foreign file is read: every bound in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of one reading; a file beyond one of them is refused, never cut."""

    size: int = 20_000_000
    """Bytes of the file as uploaded."""
    unpacked: int = 60_000_000
    """Bytes of all parts of a spreadsheet once unpacked."""
    rows: int = 1_000_000
    columns: int = 2_000
    cells: int = 10_000_000
    """Cells of the whole table, empty ones between others counted."""
    workbook_cells: int = 400_000
    """Cells of all sheets of a workbook, which take ten times as long as those of a text."""
    cell_length: int = 100_000
    """Characters of one cell."""
    depth: int = 40
    """Levels of objects and lists in each other."""


LIMITS = Limits()
MOST_PROBLEMS = 100  # nobody reads on after a hundred lines
HEADER_WITHIN = 50  # rows from the top among which the header is looked for
