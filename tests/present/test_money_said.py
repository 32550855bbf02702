"""Money is said in the scenario's currency: no dollar is left in a scenario in euros."""

from __future__ import annotations

import io
import re
import threading
import zipfile
from collections.abc import Iterator

import pytest

from model.present.charts import decide, drivers, overview
from model.present.charts.evidence import specs
from model.present.deck.deck import deck
from model.present.files.bundle import zip_bytes
from model.present.html.report import page
from model.present.story.elements import Story
from model.present.story.gather import gather
from model.present.story.slides import story
from model.present.words import numbers as fmt
from model.present.words.spoken.subject import speaking_of, subject
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario

DOLLARS = re.compile(r"\$|\bUSD\b|(?<![a-z])usd(?![a-z])|dollar", re.IGNORECASE)
"""What must not be said of a scenario in another currency."""
PUBLISHED = (
    "over 100,000 USD",  # what a survey found, as it found it
)
EUROS = Scenario.default().with_(
    {
        "simulation.currency": "EUR",
        "simulation.time_zone": "Europe/Berlin",
        "platform.name": "Kurzfilm Süd",
        "incidents.capacity.label": "Überlast",
    }
)


def dollars(text: str) -> list[str]:
    """Where a text says dollars, with what stands around it."""
    for published in PUBLISHED:
        text = text.replace(published, "")
    return [text[max(one.start() - 40, 0) : one.end() + 30] for one in DOLLARS.finditer(text)]


@pytest.fixture(scope="module")
def told() -> Story:
    found = gather(EUROS, years=400, paying=(20, 100), swing_years=100)
    return story(found, date="2026-04-01")


def texts_of(raw: bytes) -> Iterator[str]:
    """What a deck shows, reads out and keeps in its properties, part by part."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            if name.endswith(".xml"):
                text = archive.read(name).decode()
                yield " ".join(re.findall(r"<(?:a:t|c:v|dc:\w+|cp:\w+)>([^<]*)<", text))
                yield " ".join(re.findall(r'(?:descr|formatCode)="([^"]*)"', text))


def test_no_dollar_is_left_in_the_deck(told: Story) -> None:
    texts = list(texts_of(deck(told)))
    assert sum("€" in text for text in texts) > 10
    assert [found for text in texts for found in dollars(text)] == []
    assert any("Kurzfilm Süd" in text for text in texts)


def test_no_dollar_is_left_in_the_report(told: Story) -> None:
    text = re.sub(
        r"<style>.*?</style>|base64,[^\"']*|<script.*?</script>", "", page(told), flags=re.S
    )
    assert text.count("€") > 100
    assert "Überlast" in text
    assert "Kurzfilm Süd" in text
    assert dollars(text) == []


def test_no_dollar_is_left_in_the_files_of_a_run() -> None:
    result = simulate(EUROS, years=300)
    with zipfile.ZipFile(io.BytesIO(zip_bytes(result, 1e7))) as archive:
        found = {
            name: dollars(archive.read(name).decode("utf-8-sig")) for name in archive.namelist()
        }
        causes = archive.read("by_cause.csv").decode("utf-8-sig")
        annual = archive.read("annual.csv").decode("utf-8-sig").splitlines()[0]
    assert {name: said for name, said in found.items() if said} == {}
    assert "loss_eur" in annual.split(",")
    assert "Überlast" in causes


CHARTS = [
    (module, name) for module in (overview, decide, drivers, specs) for name in module._CHARTS
]


@pytest.mark.parametrize(("module", "name"), CHARTS, ids=lambda one: getattr(one, "__name__", one))
def test_no_dollar_is_left_on_an_axis(module: object, name: str) -> None:
    with speaking_of(EUROS):
        made = module.spec(name, "light")  # type: ignore[attr-defined]
    assert [found for text in _said(made) for found in dollars(text)] == []
    # What is kept of a chart is not handed to somebody else.
    usual = module.spec(name, "light")  # type: ignore[attr-defined]
    assert any("€" in text for text in _said(made)) == any("$" in text for text in _said(usual))


def _said(part: object, key: str = "") -> Iterator[str]:
    """Every title and label expression of a specification; names of columns are not shown."""
    if isinstance(part, dict):
        for name, inner in part.items():
            yield from _said(inner, name)
    elif isinstance(part, list):
        for inner in part:
            yield from _said(inner, key)
    elif isinstance(part, str) and key in ("title", "labelExpr", "text", "description"):
        yield part


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("USD", "$8.6M"),
        ("EUR", "€8.6M"),
        ("GBP", "£8.6M"),
        ("CHF", "CHF\u00a08.6M"),
        ("SEK", "SEK\u00a08.6M"),
        ("INR", "₹86\u00a0lakh"),
        ("JPY", "¥8.6M"),
        ("CAD", "CA$8.6M"),
    ],
)
def test_an_amount_is_written_as_its_readers_write_it(code: str, said: str) -> None:
    with speaking_of(Scenario.default().with_({"simulation.currency": code})):
        assert fmt.money(8_613_821) == said
        assert fmt.money(-8_613_821) == f"−{said}"
        assert fmt.shown(8_613_821, code, 2) == said


def test_two_visitors_at_once_never_see_each_others_currency() -> None:
    """Each thread has its own subject, and one that has said nothing has the default's."""
    start, wrong = threading.Barrier(3), []

    def visit(code: str | None, sign: str) -> None:
        start.wait()
        for _ in range(2_000):
            if code is None:
                text = fmt.money(8e6)
            else:
                with speaking_of(Scenario.default().with_({"simulation.currency": code})):
                    text = fmt.money(8e6)
            if text != f"{sign}8M":
                wrong.append((code, text))

    visits = [("EUR", "€"), ("GBP", "£"), (None, "$")]
    threads = [threading.Thread(target=visit, args=one) for one in visits]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert wrong == []
    assert subject() == Scenario.default()
