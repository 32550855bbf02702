"""Slides, deck, report and bundle of a platform of another size and region: its own story only."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest
from pptx import Presentation

from model.present.deck.deck import deck
from model.present.files.bundle import zip_bytes
from model.present.html.report import opened_from_html, page
from model.present.story.elements import Story
from model.present.story.gather import gather
from model.present.story.slides import story
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario

PLATFORM = Scenario.preset("midsize_europe")
OF_THE_DEFAULT = re.compile(r"\bUS\b|\bUSD\b|\$\s?\d|America|Eastern|\b[Dd]ollars?\b|TikTok")
SAID_TO_BE = re.compile(r"from the default|TikTok US|TikTok’s US|struck TikTok in the US")
"""What says itself that it is of another platform."""


@pytest.fixture(scope="module")
def told() -> Story:
    found = gather(PLATFORM, years=2_000, paying=(20, 1_000), swing_years=500)
    return story(found, date="2026-11-27")


def texts(part: object) -> Iterator[str]:
    """Every text in a story but for the scenario's file."""
    if isinstance(part, str):
        yield part
    elif is_dataclass(part):
        for one in fields(part):
            if one.name != "scenario_csv":
                yield from texts(getattr(part, one.name))
    elif isinstance(part, tuple):
        for inner in part:
            yield from texts(inner)


def odd(found: Iterator[str] | list[str]) -> list[str]:
    return [t for t in found if OF_THE_DEFAULT.search(t) and not SAID_TO_BE.search(t)]


def sources() -> set[str]:
    """What assumptions rest on: publications may be about anybody."""
    return {PLATFORM.evidence(name).source for name in PLATFORM.names()}


def test_no_slide_says_anything_of_the_default_case_unless_it_says_so(told: Story):
    known = sources()
    slides = [text for section in told.sections for text in texts(section)]
    assert [text for text in odd(slides) if not any(text[:30] in source for source in known)] == []
    assert any("€" in text for text in slides)


def test_outages_of_another_platform_are_said_to_be_its(told: Story):
    replays = told.section("replays")
    assert replays.headline.startswith("Had TikTok’s US outages of 2026 struck here: ")
    assert "They struck another platform" in " ".join(replays.sentences)
    assert replays.question == "Did this happen here?"


def test_deck_and_report_are_made_and_say_whose_they_are(told: Story):
    slides = Presentation(io.BytesIO(deck(told, "report.pptx"))).slides
    assert len(slides) >= len(told.sections)
    shown = [s.text_frame.text for slide in slides for s in slide.shapes if s.has_text_frame]
    assert odd(shown) == []
    html = page(told, "report.html")
    assert PLATFORM.platform in html
    assert opened_from_html(html)[0] == PLATFORM


def test_the_bundle_is_in_its_currency():
    result = simulate(PLATFORM, years=500)
    with zipfile.ZipFile(io.BytesIO(zip_bytes(result, PLATFORM.tolerance_usd))) as bundle:
        heads = [bundle.read(n).decode("utf-8-sig").splitlines()[0] for n in bundle.namelist()
                 if n.endswith(".csv")]  # fmt: skip
        assert not any("_usd" in head for head in heads)
        assert any("_eur" in head for head in heads)
        assert Scenario.read(bundle.read("scenario.csv")) == PLATFORM
