"""Every page on a platform of another size and region: nothing on it is of the default case."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest
from visiting.browser import PATIENCE_S

from model.beliefs.belief import Belief
from model.scenario.own_platform.start import started
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario
from views.session import link
from views.session.link import Settings

PLATFORM = Scenario.preset("midsize_europe")
JAPANESE = started(
    {
        "name": "動画広場",
        "currency": "JPY",
        "time_zone": "Asia/Tokyo",
        "users": (4e6, 4e6),
        "revenue": (12e9, 12e9),
        "regions": (1, 1),
    },
    Provenance("fact sheet", "B", "", "2026-11-27"),
)
PAGE = """
from model.scenario.own_platform.start import started
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario
from views.session import state
from views.shell import sidebar
from views.{module} import {function}

state.open_visit("{path}")
sidebar.show(sliders=True)
finish = {function}()
if finish:
    finish()
"""
PAGES = {
    "your-platform": ("your_platform.page", "your_platform"),
    "overview": ("overview.page", "overview"),
    "assumptions": ("assumptions.page", "assumptions"),
    "replay": ("replay.page", "replaying"),
    "decide": ("decide.page", "decide"),
    "drivers": ("drivers.page", "drivers"),
    "incident-log": ("incident_log.page", "incident_log"),
    "present": ("present.page", "present"),
    "method": ("method.page", "method"),
}
OF_THE_DEFAULT = re.compile(r"\bUS\b|\bUSD\b|\$\s?\d|America|Eastern|[Dd]ollars?\b|TikTok")
SAID_TO_BE = re.compile(
    r"from the default|TikTok US|of the default|Source:|source|judgement|converted at|"
    r"default’s|Preset|US short-video app|<b>Weakness|→ \*\*|Evidence grade"
)
"""What says itself that it is of another platform, or on what evidence it rests."""


def shown(path: str, scenario: Scenario) -> AppTest:
    module, function = PAGES[path]
    script = PAGE.format(path=path, module=module, function=function)
    app = AppTest.from_string(script, default_timeout=PATIENCE_S)
    for name, value in {"years": "2000", **link.encoded(scenario, Settings())}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception[0].stack_trace
    return app


def lines(app: AppTest) -> list[str]:
    """All that stands on a page, a line each."""
    texts = [element.value for kind in (app.markdown, app.caption, app.info, app.warning, app.error)
             for element in kind]  # fmt: skip
    texts += [element.body for element in app.get("html")]
    texts += [f"{metric.label} {metric.value} {metric.delta}" for metric in app.metric]
    texts += [f"{field.label}: {field.value}" for field in app.text_input]
    return [line for text in texts for line in re.split(r"\n|<p|<tr|<div", str(text))]


@pytest.mark.parametrize("platform", [PLATFORM, JAPANESE], ids=lambda one: one.currency)
@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_of_the_default_case_unless_it_says_so(path: str, platform: Scenario):
    app = shown(path, platform)
    assert app.session_state["scenario_in_hand"] == platform
    if path == "method":
        return  # the law book and the published outages: the default's case is what it is about
    odd = [
        line
        for line in lines(app)
        if OF_THE_DEFAULT.search(line) and not SAID_TO_BE.search(line) and "<style" not in line
    ]
    assert odd == []


def test_the_default_itself_would_be_noticed():
    """Negative control: what is looked for stands on the pages of the default."""
    found = "\n".join(lines(shown("overview", Scenario.default())))
    assert re.search(r"\$\s?\d", found)
    for platform, sign in ((PLATFORM, "€"), (JAPANESE, "¥")):
        assert sign in "\n".join(lines(shown("overview", platform)))


@pytest.mark.parametrize(("path", "said"), [("your-platform", 1), ("overview", 0), ("present", 0)])
def test_what_does_not_fit_together_is_on_no_slide(path: str, said: int):
    uploads = Belief("lognormal", 50e6, 50e6)
    app = shown(path, PLATFORM.with_({"publishing.uploads_per_day": uploads}))
    assert "\n".join(lines(app)).count("Does this fit together?") == said
