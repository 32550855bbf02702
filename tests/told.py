"""Stories of a few scenarios, each told once for all tests."""

from __future__ import annotations

from functools import lru_cache

from model.beliefs.belief import Belief
from model.present.story.elements import Section, Story
from model.present.story.gather import gather
from model.present.story.material import Material
from model.present.story.slides import story
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario

DATE = "2026-04-01"
YEARS, PAYING = 2000, (100, 2000)
LONG = "A very long name of a scenario that somebody typed in a hurry, and then typed on " * 2
NASTY = '<script>alert("x")</script> & "quotes" =1+1'


def nothing() -> Scenario:
    """Return a scenario in which nothing fails."""
    rates = {f"incidents.{c}.rate_per_year": certain(0.0) for c in Scenario.default().causes}
    return Scenario.default().with_({"scenario.name": "nothing", **rates})


def long() -> Scenario:
    """Return a scenario with everything that people type as long as it may be."""
    preset = Scenario.preset("article")
    source = Provenance((LONG * 4)[:500].strip(), "A", "W" * 200, "2026-04-01")
    names = [name for name, _ in preset.changes]
    return preset.with_({"scenario.name": LONG[:190].strip()}, dict.fromkeys(names, source))


def certain(value: float) -> Belief:
    return Belief("lognormal", value, value)


def unsure() -> Scenario:
    """Return a scenario of which next to nothing is known."""
    rate = "incidents.power_cooling_weather.rate_per_year"
    level = "incidents.power_cooling_weather.duration_level"
    elasticity = "sessions.freshness_elasticity"
    wide = {rate: Belief("lognormal", 1e-4, 10.0), level: Belief("lognormal", 0.01, 50.0)}
    return Scenario.default().with_({**wide, elasticity: Belief("lognormal", 1e-4, 2.0)})


def free() -> Scenario:
    """Return a scenario in which one remedy costs nothing and another hardly anything."""
    return Scenario.default().with_(
        {
            "remedies.graceful_degradation.upfront": certain(0.0),
            "remedies.graceful_degradation.annual": certain(0.0),
            "remedies.resumable_upload_queue.upfront": certain(100.0),
            "remedies.resumable_upload_queue.annual": certain(1.0),
        }
    )


def named(name: str) -> Scenario:
    """Return the default scenario under a name."""
    return Scenario.default().with_({"scenario.name": name})


SCENARIOS = {
    "default": Scenario.default,
    "nothing": nothing,
    "quiet": lambda: Scenario.preset("quiet_year"),
    "article": lambda: Scenario.preset("article"),
    "elsewhere": lambda: Scenario.preset("midsize_europe"),
    "unsure": unsure,
    "free": free,
    "long": long,
    "nasty": lambda: named(NASTY),
}


@lru_cache(maxsize=16)
def material(name: str, *asked: str) -> Material:
    return gather(
        SCENARIOS[name](), asked=asked, years=YEARS, seed=3, paying=PAYING, swing_years=500
    )


@lru_cache(maxsize=16)
def told(name: str, *asked: str) -> Story:
    return story(material(name, *asked), date=DATE)


def texts(section: Section) -> list[str]:
    """Return everything a section says in words."""
    figures = [part for f in section.figures for part in (f.label, f.value, f.note)]
    charts = [text for c in section.charts for text in (c.title, c.alt, c.x_title)]
    rest = [section.reading, section.question, section.answer]
    return [section.headline, *section.sentences, *figures, *charts, *rest]
