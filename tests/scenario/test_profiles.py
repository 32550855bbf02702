"""Own profiles: rows of a file, one word within, the same numbers on the way out and back."""

from __future__ import annotations

import numpy as np
import pytest

from model.assumptions import profiles
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from model.worlds.clock import profile

WEEK = np.random.default_rng(0).uniform(0.2, 2.0, 168)


def own() -> Scenario:
    return Scenario.default().with_({"profiles.demand": profiles.written(WEEK)})


def test_a_profile_travels_as_rows_and_comes_back_to_the_bit() -> None:
    for text in (own().to_csv(), own().changes_csv()):
        assert "profiles.demand.000," in text
        assert "profiles.demand.167," in text
        back = Scenario.read(text.encode())
        assert back.changes == own().changes
        assert back.digest() == own().digest()


def test_rows_are_normalised_on_reading() -> None:
    rows = [f"profiles.demand.{k:03d},,{7 * w},,{7 * w}" for k, w in enumerate(WEEK.tolist())]
    read = Scenario.read(("name,shape,low,mid,high\n" + "\n".join(rows)).encode())
    used = profile(read.word("profiles.demand"), "weight", 168)
    assert used == pytest.approx(WEEK / WEEK.mean(), rel=1e-5)
    assert used.mean() == pytest.approx(1.0, abs=1e-12)


def test_rows_override_the_word() -> None:
    text = own().changes_csv() + "profiles.demand,flat,,,\r\n"
    assert Scenario.read(text.encode()).changes == own().changes


def test_a_profile_moves_the_answer() -> None:
    night = np.where(np.arange(168) % 24 < 6, 3.0, 1.0)
    changed = Scenario.default().with_({"profiles.demand": profiles.written(night)})
    before, after = (simulate(one, years=2_000).mean("loss_usd").value for one in (
        Scenario.default(), changed))  # fmt: skip
    assert before != after


@pytest.mark.parametrize(
    ("cut", "put", "said"),
    [
        ("profiles.demand.007,", "# ", "profiles.demand.007 missing: all 168"),
        ("profiles.demand.003,,", "profiles.demand.003,,-", "negative or endless"),
    ],
)
def test_what_is_no_profile_is_refused(cut: str, put: str, said: str) -> None:
    lines = [line for line in own().changes_csv().splitlines() if not (put == "# " and cut in line)]
    text = "\n".join(lines) if put == "# " else own().changes_csv().replace(cut, put)
    with pytest.raises(ScenarioError, match=said):
        Scenario.read(text.encode())


def test_a_word_of_too_few_weights_is_refused() -> None:
    with pytest.raises(ScenarioError, match="2 weights: 168"):
        Scenario.default().with_({"profiles.demand": "own:1 1"})


def test_prices_have_twelve() -> None:
    word = profiles.written(np.arange(1.0, 13.0))
    text = Scenario.default().with_({"profiles.price": word}).changes_csv()
    assert "profiles.price.12," in text
    assert Scenario.read(text.encode()).word("profiles.price") == word
