"""The form of a report: sections with a headline, sentences, figures, charts and tables.

Page, deck and HTML draw the same `Story`; charts are kept as data, so that each draws its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from model.scenario.scenario import Scenario

TOPICS = {
    "answer": "The answer",
    "tolerance": "How bad it can get",
    "chain": "Where the money is lost",
    "reasons": "Why it is lost",
    "replays": "Two outages, replayed",
    "options": "What could be done",
    "drivers": "What would change the answer",
    "assumptions": "What it rests on",
    "method": "Method",
}
"""The sections by their keys, in the order people decide in."""


@dataclass(frozen=True)
class Figure:
    """One number to show large, with its name and what is uncertain about it, in words."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Line:
    """One curve; `colour` is a role of the theme (main, harm, good, third, soft)."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    colour: str
    dashed: bool = False


@dataclass(frozen=True)
class Mark:
    """A value on the horizontal axis worth a line of its own."""

    at: float
    label: str


@dataclass(frozen=True)
class Lines:
    """A chart of curves; units are the code of a currency, `share`, `h`."""

    title: str
    alt: str
    lines: tuple[Line, ...]
    x_title: str
    y_title: str
    x_unit: str
    y_unit: str
    mark: Mark | None = None


@dataclass(frozen=True)
class Bar:
    """One bar from `start` to `end`, with its text at the far end and its interval."""

    label: str
    start: float
    end: float
    text: str
    colour: str = "main"
    low: float | None = None
    high: float | None = None
    before: str = ""
    """Text at the near end, for bars that float."""
    pale: bool = False
    """Whether it is only a part of the full bar above it."""


@dataclass(frozen=True)
class Bars:
    """A chart of horizontal bars, from top to bottom."""

    title: str
    alt: str
    bars: tuple[Bar, ...]
    x_title: str
    unit: str
    mark: Mark | None = None


Chart = Lines | Bars


@dataclass(frozen=True)
class Table:
    """A table of texts; `widths` are the columns' shares of the width, `title` says what it is."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    left: int = 1
    """So many columns from the left hold words; the others hold figures, set to the right."""


@dataclass(frozen=True)
class Section:
    """One finding, complete in itself."""

    key: str
    headline: str
    sentences: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    """Shown; the numbers behind the charts are in `data`."""
    data: tuple[Table, ...] = ()
    large: Table | None = None
    """What a projector and a slide show instead of the tables: few rows, few words."""
    reading: str = ""
    """How to read the chart."""
    question: str = ""
    """What somebody will ask."""
    answer: str = ""
    table_headline: str = ""
    """What the tables tell where they stand apart from the charts."""

    @property
    def topic(self) -> str:
        """Two or three words that say which question is answered."""
        return TOPICS[self.key]


@dataclass(frozen=True)
class Facts:
    """What makes a report reproducible."""

    platform: str
    scenario: str
    note: str
    digest: str
    years: int
    seed: int
    tolerance_usd: float
    date: str
    version: str
    results_version: int
    options: tuple[str, ...]
    """Options of the command that makes the report again, but for its file."""
    asked_by: str = ""
    """Who asks for the decision, as the title slide says."""


@dataclass(frozen=True)
class Story:
    """A whole report: its sections in order, and where it comes from."""

    title: str
    sections: tuple[Section, ...]
    facts: Facts
    assumptions: Table = field(repr=False)
    """Every assumption, for readers who go through them line by line."""
    scenario_csv: str = field(repr=False)
    subject: Scenario = field(repr=False)
    """The scenario that is spoken of: axes are drawn in its currency."""

    def section(self, key: str) -> Section:
        """Return a section by its key; KeyError if there is none."""
        for section in self.sections:
            if section.key == key:
                return section
        raise KeyError(key)
