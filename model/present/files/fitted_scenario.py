"""The file of a scenario whose fitted beliefs say where they come from."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from model.evidence.fitting.fitted import Origin
from model.scenario.rows import BOM, COLUMNS, encoded, to_text
from model.scenario.scenario import Scenario


def with_sources(scenario: Scenario, origins: Mapping[str, Origin]) -> bytes:
    """Return the bytes of the file, all rows, with source and grade of those fitted."""
    text = scenario.to_csv().removeprefix(BOM)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    for row in rows:
        own = origins.get(row["name"])
        if own is not None:
            row |= {"source": own.source, "grade": own.grade}
    return encoded(to_text({name: row[name] for name in COLUMNS} for row in rows))
