"""A file of a log becomes a table, by the names that logs use."""

from __future__ import annotations

from model.evidence.log.columns import LISTS, known_names
from model.evidence.log.moments import prepared
from model.formats.answers import FormatError
from model.formats.progress import OnProgress, unheard
from model.formats.reading import read
from model.formats.table import Table


def opened(raw: bytes, name: str, on_progress: OnProgress = unheard) -> Table:
    """Return the table in a log's file; FormatError says what is wrong with it."""
    table = read(
        raw,
        name,
        known=known_names(),
        lists=LISTS,
        sheets="alike",
        unfit="replace",
        on_progress=on_progress,
    )
    if not table.rows:
        raise FormatError("a header and no row below it: there is nothing to read")
    return prepared(table)
