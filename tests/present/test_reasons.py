"""The reasoning of the sources stands beside the default it is about, with its links."""

from __future__ import annotations

import re

import pytest

from model.assumptions import correlations
from model.assumptions.declaration import Assumption
from model.present.words.reasons.sources_file import html, reasoning
from model.scenario.scenario import Scenario

DEFAULT = Scenario.default()
BELIEFS = [name for name in DEFAULT.names() if isinstance(DEFAULT.declared(name), Assumption)]


@pytest.mark.parametrize("name", BELIEFS)
def test_every_default_of_a_belief_has_its_reasoning(name: str) -> None:
    assert reasoning(name)


def test_so_have_correlations_remedies_and_profiles() -> None:
    pairs = [correlations.row_name(*pair[:2]) for pair in DEFAULT.correlations]
    remedies = [f"remedies.{one.name}.annual" for one in DEFAULT.remedies]
    for name in (*pairs, *remedies, "profiles.demand", "profiles.uploads", "profiles.price"):
        assert reasoning(name), name


def test_addresses_are_links_and_all_else_is_text() -> None:
    found = html("publishing.uploads_per_day")
    assert "<a href='https://doi.org/10.51685/jqd.2026.002'" in found
    assert "https://arxiv.org/abs/2410.15174" in html("publishing.content_half_life")
    assert "https://emarketer.com/content/" in html("revenue.commerce_per_year")
    links = re.findall(r"href='([^']+)'", "".join(map(html, BELIEFS)))
    assert len(set(links)) > 15
    assert all(re.fullmatch(r"https://[\w.-]+(/[\w./?=&;%#-]*)?", link) for link in links)


def test_what_nobody_wrote_about_has_none() -> None:
    assert html("incidents.dns.label") == ""
    assert reasoning("remedies.own.annual") == ()
