"""Coverage-guided fuzzing of what strangers send: files, reports, links and what is typed.

    pip install atheris                # Linux, with the product's requirements
    python benchmarks/fuzz.py link 10  # minutes; also file, report, log, traffic, several, typed

It starts from `benchmarks/corpus/TARGET`, a few dozen small inputs, and finds others for the run
alone; what breaks a promise is written to `crash-TARGET-…` there and ends the run. The promises:
nothing but the errors that say what is wrong are raised, in bounded time; what was read, written
and read again is the same scenario; what a link gives has a link of its own that gives the same;
what is drawn from a log or from traffic is a scenario. How many inputs a run has tried goes into
the record (`benchmarks/record.py`).
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qsl

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

with atheris.instrument_imports(include=["model", "views"]):
    from model.evidence.log.log import LogError, read_log
    from model.evidence.log.opening import opened
    from model.evidence.log.options import LogOptions
    from model.evidence.traffic import KNOWN, read_traffic, rows_of
    from model.formats.answers import FormatError
    from model.formats.reading import read
    from model.present.files.several_scenarios import read_several
    from model.present.html.report import scenario_from_html
    from model.present.words import own_platform
    from model.scenario.own_platform.fields import FIELDS
    from model.scenario.own_platform.start import StartError, facts_of, started
    from model.scenario.provenance import Provenance
    from model.scenario.scenario import Scenario
    from model.scenario.validation import ScenarioError
    from views.session import link

from benchmarks import record

CORPUS = Path(__file__).parent / "corpus"
LONGEST = 4_096
SLOWEST_S = 5
TRIED = re.compile(r"^(?:#|Done )(\d+)")
COVERED = LogOptions(
    begin=datetime(2025, 1, 1, tzinfo=UTC), end=datetime(2026, 4, 1, tzinfo=UTC), time_zone="UTC"
)


def file(raw: bytes) -> None:
    """Read a scenario file; write it and read it again."""
    try:
        scenario = Scenario.read(raw)
    except ScenarioError as error:
        if not error.problems:
            raise
        return
    again = Scenario.read(scenario.to_csv().encode())
    assert again.digest() == scenario.digest()
    assert Scenario.read(scenario.changes_csv().encode()).digest() == scenario.digest()


def report(raw: bytes) -> None:
    """Read the scenario out of an HTML report."""
    try:
        scenario_from_html(raw.decode("utf-8", "replace"))
    except ScenarioError as error:
        if not error.problems:
            raise


def query(raw: bytes) -> None:
    """Follow a link; what it gives has a link of its own that gives the same."""
    text = raw.decode("utf-8", "replace")
    given, _ = link.once(parse_qsl(text, keep_blank_values=True))
    visit = link.decoded(given)
    again = link.decoded(link.encoded(visit.scenario, visit.settings))
    assert again == link.Visit(visit.scenario, visit.settings, ()), again.problems


def log(raw: bytes) -> None:
    """Read an incident log: every row has a verdict, whatever it says."""
    try:
        table = opened(raw, "log.json" if raw[:1] in (b"[", b"{") else "log.csv")
        found = read_log(table, COVERED)
    except (FormatError, LogError) as error:
        if not error.problems:
            raise
        return
    assert sum(found.rows.counts().values()) == len(table.rows)
    assert found.n <= len(table.rows)


def traffic(raw: bytes) -> None:
    """Read an export of traffic: what it makes can be taken into a scenario."""
    try:
        table = read(raw, "traffic.csv", known=KNOWN)
        found = read_traffic(table, clock="America/New_York")
    except FormatError as error:
        if not error.problems:
            raise
        return
    assert Scenario.default().with_(*rows_of(found, "traffic.csv")).digest()


def several(raw: bytes) -> None:
    """Read a file of scenarios; nothing is raised, and each has a scenario or a problem."""
    named = BytesIO(raw)
    named.name = "variants.zip" if raw[:2] == b"PK" else "variants.csv"
    for found in read_several(named):
        assert (found.scenario is None) == bool(found.problems)


def typed(raw: bytes) -> None:
    """Make a scenario of what is typed for one's own platform, a line for each field."""
    lines = raw.decode("utf-8", "replace").split("\n")
    facts = {}
    for (key, field), text in zip(FIELDS.items(), lines, strict=False):
        try:
            if text.strip():
                facts[key] = text if field.is_word else own_platform.ends(text, field.unit)
        except ValueError as error:
            if not str(error):
                raise
    try:
        made = started(facts, Provenance("typed", "B", "", "2026-01-01"))
    except (StartError, ScenarioError) as error:
        if not error.problems:
            raise
        return
    assert facts_of(made).keys() == facts.keys()
    assert Scenario.read(made.to_csv().encode()).digest() == made.digest()


TARGETS: dict[str, Callable[[bytes], None]] = {
    "link": query,
    "file": file,
    "report": report,
    "log": log,
    "traffic": traffic,
    "several": several,
    "typed": typed,
}


def fuzz(target: str, minutes: float) -> None:
    """Fuzz one target for so many minutes; the process ends with it."""
    options = [
        f"-max_total_time={round(60 * minutes)}",
        f"-max_len={LONGEST}",
        f"-timeout={SLOWEST_S}",
        f"-artifact_prefix={CORPUS}/crash-{target}-",
        f"-dict={CORPUS / 'words.dict'}",
    ]
    with tempfile.TemporaryDirectory() as found:
        places = [found, str(CORPUS / target)]
        atheris.Setup([sys.argv[0], *options, *places], TARGETS[target])
        atheris.Fuzz()


def main() -> int:
    """Fuzz in a process of its own, which ends where a promise breaks, and note what it tried."""
    parser = argparse.ArgumentParser(description="fuzz what strangers send")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("minutes", type=float)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        fuzz(given.target, given.minutes)
    command = [sys.executable, __file__, given.target, str(given.minutes), "--here"]
    inputs, begun = 0, time.monotonic()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace") as running:
        assert running.stderr is not None
        for line in running.stderr:
            print(line, end="", file=sys.stderr)
            if tried := TRIED.match(line):
                inputs = int(tried[1])
    held = running.returncode == 0
    if inputs:
        seconds = round(time.monotonic() - begun)
        figures = {"target": given.target, "inputs": inputs, "seconds": seconds, "held": held}
        record.write(f"fuzz_{given.target}", figures)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
