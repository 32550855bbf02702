"""The README says what the model does: its tables are generated and its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from model.evidence.validation_table import validate
from model.present.files import evidence_tables, readme

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("section", sorted(readme.SECTIONS))
def test_generated_sections_are_current(section: str) -> None:
    assert readme.section(README, section) == readme.SECTIONS[section](), (
        "README.md is out of date: run `python -m model.present.files.readme`"
    )


def test_the_kept_validation_is_what_the_engine_gives() -> None:
    """The last digits may differ between processors."""
    kept, anew = evidence_tables.validated(), validate()
    assert [one[:2] for one in kept] == [(one.name, one.measure) for one in anew]
    for held, check in zip(kept, anew, strict=True):
        assert held.engine == pytest.approx(check.engine, rel=1e-9), held
        assert held.exact == pytest.approx(check.exact, rel=1e-9), held
        assert check.passed


def test_every_folder_in_the_listing_exists() -> None:
    root = Path(__file__).parents[2]
    listed = re.findall(r"^\| `([\w/]+)` \|", README.split("## Inside")[1], flags=re.MULTILINE)
    assert {"views", "data", "tests", "benchmarks", "model/chain", "model/present"} <= set(listed)
    assert [name for name in listed if not (root / name).is_dir()] == []
