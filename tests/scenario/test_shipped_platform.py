"""The shipped platform of another size and region: made by the command, all accounted for."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from model import data
from model.__main__ import main
from model.assumptions.declaration import Assumption
from model.scenario.own_platform.derived import ASSUMED, OF_ONE_APP, SCALED, TAKEN_OVER, two_regions
from model.scenario.own_platform.fields import FIELDS
from model.scenario.own_platform.start import facts_of
from model.scenario.ratios import implausible, unusual
from model.scenario.scenario import Scenario

ID, FILE = "midsize_europe", "preset_midsize_europe.csv"
PLATFORM, DEFAULT = Scenario.preset(ID), Scenario.default()
INVENTED = "invented for this preset"
SIZED = re.compile(r"[A-Z]{3}|users|uploads|impressions")
"""Units of what has the size of a platform; all else is a share, a time, a rate or a factor."""


def kind(name: str) -> str:
    """What a row of the platform is: given, scaled, of a second region, assumed, or taken over."""
    said = dict(PLATFORM.provenance).get(name)
    if said is None:
        return "default" if PLATFORM.value(name) == PLATFORM.default_of(name) else "unsaid"
    if said.source.startswith(INVENTED):
        return "given"
    starts = {SCALED: "scaled", TAKEN_OVER: "taken over", ASSUMED: "assumed"}
    found = [kind for start, kind in starts.items() if said.source.startswith(start)]
    if name in two_regions() and (PLATFORM.value(name), said) == two_regions()[name]:
        found.append("second region")
    (only,) = found
    return only


def rows() -> list[str]:
    return [*PLATFORM.names(), *(n for n, _ in PLATFORM.changes if n not in PLATFORM.names())]


def test_the_command_in_the_sources_makes_the_file_byte_for_byte(tmp_path: Path):
    sources = data.path("SOURCES.md").read_text(encoding="utf-8")
    (command,) = re.findall(rf"python (-m model start .*{FILE})", sources)
    words = shlex.split(command)[2:]
    out = tmp_path / FILE
    assert main([*words[:-1], str(out)]) == 0
    assert out.read_bytes() == data.path(FILE).read_bytes()


def test_every_value_says_where_it_comes_from():
    kinds = {name: kind(name) for name in rows()}
    assert "unsaid" not in kinds.values()
    given = {name for name, what in kinds.items() if what == "given"}
    facts = {FIELDS[key].row for key in facts_of(PLATFORM) if key != "regions"}
    assert given == facts | {"costs.response_per_incident"}
    assert {name for name, what in kinds.items() if what == "taken over"} <= set(OF_ONE_APP)
    assert sum(what == "scaled" for what in kinds.values()) > 10
    for name, what in kinds.items():
        if what == "default":
            item = PLATFORM.declared(name)
            # Beliefs about behaviour, and words for how causes and remedies are called.
            sized = isinstance(item, Assumption) and SIZED.fullmatch(item.unit)
            assert not sized, name
            assert name not in OF_ONE_APP, name


def test_what_is_the_defaults_is_a_share_a_time_a_rate_or_a_factor():
    units = {
        getattr(PLATFORM.declared(name), "unit", "word")
        for name in PLATFORM.names()
        if kind(name) == "default"
    }
    assert units <= {"share", "h", "days", "months", "ratio", "% per %", "per year", "word"}


def test_nothing_is_judged_better_than_it_is():
    for name, said in PLATFORM.provenance:
        assert said.grade == "C", name
        assert kind(name) != "given" or said.source.startswith(INVENTED)


def test_it_is_of_another_size_and_region_and_fits_together():
    assert (PLATFORM.currency, PLATFORM.time_zone) == ("EUR", "Europe/Berlin")
    assert PLATFORM.belief("platform.daily_users").low == 12e6
    assert PLATFORM.belief("platform.ad_revenue_per_year").low == 180e6
    assert facts_of(PLATFORM)["regions"] == (2, 2)
    assert implausible(PLATFORM) == ()
    assert unusual(PLATFORM) == {}


@pytest.mark.parametrize("word", ["Invented", "invented"])
def test_it_says_that_it_is_invented(word: str):
    assert word in f"{PLATFORM.note} {PLATFORM.platform}"


def test_no_price_of_a_remedy_is_the_defaults():
    for remedy, before in zip(PLATFORM.remedies, DEFAULT.remedies, strict=True):
        for price, was in ((remedy.upfront, before.upfront), (remedy.annual, before.annual)):
            assert price.is_share or price.belief.high == 0 or price != was
