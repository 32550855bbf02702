"""Old names: files, links and flags of earlier versions still mean what they meant."""

from __future__ import annotations

import io

import pytest
from given import certain

from model.__main__ import main
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from views.session import link

OLD = b"name,shape,low,mid,high\nmitigations.warm_standby.on,,1,,1\n"
NEW = OLD.replace(b"mitigations.", b"remedies.")


def test_a_file_with_old_names_is_the_same_scenario() -> None:
    assert Scenario.read(io.BytesIO(OLD)).changes == Scenario.read(io.BytesIO(NEW)).changes != ()


def test_old_and_new_together_are_an_error() -> None:
    with pytest.raises(ScenarioError, match="once only"):
        Scenario.read(io.BytesIO(OLD + NEW.splitlines()[1] + b"\n"))
    with pytest.raises(ScenarioError, match="old name of remedies"):
        Scenario.default().with_(
            {f"{word}.warm_standby.on": certain(1.0) for word in ("mitigations", "remedies")}
        )


def test_a_link_with_old_names_is_the_same_visit() -> None:
    old = link.decoded({"mitigations.warm_standby.on": "1", "threshold": "4e7"})
    assert old == link.decoded({"remedies.warm_standby.on": "1", "tolerance": "4e7"})
    assert not old.problems


def test_of_an_old_and_a_new_parameter_the_new_one_counts() -> None:
    both = link.decoded({"threshold": "1e7", "tolerance": "4e7"})
    assert both.settings.tolerance_usd == 4e7
    assert "threshold" in both.problems[0]


def test_flags_with_old_names(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", "--years", "200", "--workers", "1"]
    assert main([*words, "--mitigation", "drills_none"]) == 2
    old = capsys.readouterr().err
    assert main([*words, "--remedy", "drills_none"]) == 2
    assert capsys.readouterr().err == old
    assert main([*words, "--threshold", "5", "--tolerance", "5"]) == 2
    assert (
        capsys.readouterr().err == "--threshold is the old name of --tolerance: give one of them\n"
    )
