"""Coverage-guided fuzzing of what strangers send: scenario files, reports and links.

    pip install atheris                # Linux, with the product's requirements
    python benchmarks/fuzz.py link 10  # minutes; also file, report

It starts from `benchmarks/corpus/TARGET`, a few dozen small inputs, and finds others for the run
alone; what breaks a promise is written to `crash-TARGET-…` there and ends the run. The promises:
nothing but a ScenarioError is raised, in bounded time; what was read, written and read again is the
same scenario; what a link gives has a link of its own that gives the same.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

with atheris.instrument_imports(include=["model", "views"]):
    from model.present.html.report import scenario_from_html
    from model.scenario.scenario import Scenario
    from model.scenario.validation import ScenarioError
    from views.session import link

CORPUS = Path(__file__).parent / "corpus"
LONGEST = 4_096
SLOWEST_S = 5


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


TARGETS: dict[str, Callable[[bytes], None]] = {"link": query, "file": file, "report": report}


def main() -> None:
    """Fuzz one target for so many minutes."""
    parser = argparse.ArgumentParser(description="fuzz what strangers send")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("minutes", type=float)
    given = parser.parse_args()
    options = [
        f"-max_total_time={round(60 * given.minutes)}",
        f"-max_len={LONGEST}",
        f"-timeout={SLOWEST_S}",
        f"-artifact_prefix={CORPUS}/crash-{given.target}-",
        f"-dict={CORPUS / 'words.dict'}",
    ]
    with tempfile.TemporaryDirectory() as found:
        places = [found, str(CORPUS / given.target)]
        atheris.Setup([sys.argv[0], *options, *places], TARGETS[given.target])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
