"""Every page of a scenario in euros says euros, and names what the scenario names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest
from visiting.browser import PATIENCE_S

from model.assumptions.remedies import library_rows
from model.present.words import numbers as fmt
from model.present.words.reasons import sources_file
from model.present.words.spoken.subject import subject
from model.scenario.scenario import Scenario

DOLLARS = re.compile(r"\$(?!\{)|\bUSD\b|(?<![a-z_])usd(?![a-z])|dollar", re.IGNORECASE)
PUBLISHED = (
    "over 100,000 USD",  # a survey's figure, as it was found
    "a US dollar",  # the rate itself
    "USD – US Dollar",  # one of the currencies to choose from
    "USD → **EUR**",  # what was changed
    "Dollar",  # others
)
"""What truly is in dollars, and says so."""
REASONING = tuple(
    found
    for name in (*Scenario.default().names(), *library_rows())
    if (found := sources_file.html(name))
)
"""What was published about the defaults, in the currency it was published in."""
UNSEEN = re.compile(r'\$\$(?:ID|GENERATED|STREAMLIT)[^"]*|\\\$\\\$[^"]*')
PAGES = {
    "overview": "overview.page import overview as show",
    "assumptions": "assumptions.page import assumptions as show",
    "replay": "replay.page import replaying as show",
    "decide": "decide.page import decide as show",
    "drivers": "drivers.page import drivers as show",
    "incident-log": "incident_log.page import incident_log as show",
    "present": "present.page import present as show",
    "your-platform": "your_platform.page import your_platform as show",
}
"""All but the method's: the law book is written for the default case, in dollars."""
SCRIPT = """
from views.session import state
from views.{import_}
from views.shell import sidebar

state.open_visit("{name}")
if "{name}" not in ("present", "your-platform"):
    sidebar.show(sliders="{name}" != "assumptions")
finish = show()
if finish is not None:
    finish()
"""
EUROS = {
    "simulation.currency": "EUR",
    "simulation.time_zone": "Europe/Berlin",
    "incidents.capacity.label": "Überlast",
    "years": "10000",
}


def opened(name: str, parameters: dict[str, str]) -> AppTest:
    script = SCRIPT.format(name=name, import_=PAGES[name])
    app = AppTest.from_string(script, default_timeout=PATIENCE_S)
    for key, value in parameters.items():
        app.query_params[key] = value
    return app.run()


def texts(app: AppTest) -> Iterator[str]:
    """Every text that a page shows: labels, values, helps, choices, tables, axes."""
    for element in _elements(app._tree):
        proto = getattr(element, "proto", None)
        if proto is None:
            continue
        spec = getattr(proto, "spec", "")
        if spec:
            yield from _said(json.loads(spec))
            continue
        for _, value in _fields(proto):
            yield UNSEEN.sub("", value)


def _elements(block: object) -> Iterator[object]:
    children = getattr(block, "children", None)
    if children is None:
        yield block
        return
    yield block
    for child in children.values():
        yield from _elements(child)


def _fields(message: object) -> Iterator[tuple[str, str]]:
    """Every text in a message to the browser but what only tells elements apart."""
    for field, value in getattr(message, "ListFields", list)():
        if field.name in (
            "id",
            "element_id",
            "form_id",
            "url",
            "user_key",
            "key",
            "page_script_hash",
        ):
            continue
        values = value if hasattr(value, "__len__") and not isinstance(value, str) else [value]
        for one in values:
            if isinstance(one, str):
                yield field.name, one
            elif hasattr(one, "ListFields"):
                yield from _fields(one)


_TOLD_APART = ("id", "element_id", "form_id", "url", "user_key", "key", "page_script_hash")


def _said(part: object, key: str = "") -> Iterator[str]:
    if isinstance(part, dict):
        for name, inner in part.items():
            yield from _said(inner, name)
    elif isinstance(part, list):
        for inner in part:
            yield from _said(inner, key)
    elif isinstance(part, str) and key in ("title", "labelExpr", "description", "text"):
        yield part


def dollars(text: str) -> list[str]:
    if text == "USD":
        return []  # what the field of the currency holds if nothing is said
    for published in (*REASONING, *PUBLISHED):
        text = text.replace(published, "")
    # A sign that Markdown would take for mathematics is escaped, and a sign all the same.
    return [text[max(one.start() - 60, 0) : one.end() + 40] for one in DOLLARS.finditer(text)]


@pytest.mark.parametrize("name", PAGES)
def test_no_dollar_is_left_on_a_page_in_euros(name: str) -> None:
    app = opened(name, EUROS)
    assert not app.exception
    said = list(texts(app))
    assert [found for text in said for found in dollars(text)] == []
    if name != "incident-log":
        assert any("€" in text for text in said)
    assert [text for text in said if re.search(r"(Eastern|New York) (wall )?time", text)] == []


def test_visitors_one_after_the_other_in_one_server_see_their_own_currency() -> None:
    for code, sign in (("EUR", "€"), ("", "$"), ("GBP", "£"), ("EUR", "€")):
        given = {"simulation.currency": code} if code else {}
        app = opened("overview", {"years": "10000", **given})
        said = " ".join(texts(app))
        assert sign in said
        assert not any(other in said for other in "€$£" if other != sign and other != "$")
    assert (subject().currency, fmt.money(1.0)) == ("USD", "$1")


def test_a_number_with_two_meanings_is_asked_at_its_field_and_either_is_taken() -> None:
    """In euros 1,500 can be a thousand and a half or one and a half; in dollars it cannot."""
    for reading, value in (("€1500", 1_500.0), ("€1.5", 1.5)):
        app = opened("overview", {"simulation.currency": "EUR", "years": "10000"})
        app.text_input(key="tolerance").set_value("1,500").run()
        assert "can be 1500 or 1.5" in app.error[0].value
        button = next(one for one in app.button if one.label == f"I mean {reading}")
        button.click().run()
        assert not app.error
        assert app.session_state["scenario_in_hand"].tolerance_usd == value
    app = opened("overview", {"years": "10000"})
    app.text_input(key="tolerance").set_value("1,500").run()
    assert app.session_state["scenario_in_hand"].tolerance_usd == 1_500.0


@pytest.mark.parametrize(
    ("typed", "value"), [("170 Mio", 170e6), ("€170M", 170e6), ("12,5 Mio €", 12.5e6)]
)
def test_a_field_takes_what_people_there_write(typed: str, value: float) -> None:
    app = opened("overview", {"simulation.currency": "EUR", "years": "10000"})
    app.text_input(key="tolerance").set_value(typed).run()
    assert app.session_state["scenario_in_hand"].tolerance_usd == value


def test_an_amount_of_another_currency_is_refused_at_its_field() -> None:
    app = opened("overview", {"simulation.currency": "EUR", "years": "10000"})
    app.text_input(key="tolerance").set_value("$5M").run()
    assert "amounts are in EUR" in app.error[0].value
    assert app.text_input(key="tolerance").value == "$5M"
