"""Old names: files, links and flags of earlier versions still mean what they meant."""

from __future__ import annotations

import io

import numpy as np
import pytest
from given import certain, new_cause
from scipy import stats

from model.__main__ import main
from model.assumptions.correlations import row_name
from model.assumptions.remedies import Change
from model.beliefs.belief import Belief
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from model.worlds.draw import draw
from model.worlds.prepared import prepare
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


# --- one share of incidents in both regions, which every cause now has --------------------------

HEAD = "name,shape,low,mid,high\n"
COMMON = "resilience.common_cause"
SHARE = Belief("logitnormal", 0.1, 0.3)
CAUSES = Scenario.default().causes
OF_CAUSES = [f"incidents.{cause}.common_cause" for cause in CAUSES]


def read(rows: str) -> Scenario:
    return Scenario.read((HEAD + rows).encode())


def test_the_old_share_is_every_causes_also_of_added_ones() -> None:
    wanted = Scenario.default().with_(dict.fromkeys(OF_CAUSES, SHARE))
    assert read(f"{COMMON},,0.1,,0.3\n").changes == wanted.changes
    assert Scenario.default().with_({COMMON: SHARE}).changes == wanted.changes
    assert link.decoded({COMMON: "0.1~0.3"}).scenario.changes == wanted.changes
    grown = Scenario.default().with_(new_cause("dns")).with_({COMMON: SHARE})
    assert grown.belief("incidents.dns.common_cause") == SHARE
    together = Scenario.default().with_({**new_cause("dns"), COMMON: SHARE})
    assert together == grown


def test_set_again_the_old_share_takes_the_place_of_what_was_set() -> None:
    own = Scenario.default().with_({OF_CAUSES[0]: certain(0.5)})
    assert own.with_({COMMON: SHARE}) == Scenario.default().with_({COMMON: SHARE})


def test_the_old_share_beside_a_causes_is_an_error() -> None:
    with pytest.raises(ScenarioError, match=r"resilience\.common_cause: an old name beside"):
        read(f"{COMMON},,0.1,,0.3\n{OF_CAUSES[1]},,0.1,,0.2\n")
    with pytest.raises(ScenarioError, match="an old name beside"):
        Scenario.default().with_({COMMON: SHARE, OF_CAUSES[1]: SHARE})
    assert "an old name beside" in link.decoded({COMMON: "0.1", OF_CAUSES[1]: "0.2"}).problems[0]


def test_what_is_wrong_with_the_old_share_is_said_once_with_its_row() -> None:
    with pytest.raises(ScenarioError) as caught:
        read(f"platform.cpm,,5,,9\n{COMMON},,0.1,,1.5\n")
    (line,) = caught.value.problems
    assert line.startswith(f"scenario.csv, row 3, {COMMON}: high 1.5")


def test_correlated_with_the_old_share_is_correlated_with_one_share() -> None:
    """It was one number for all causes: they go together, and the pair needs no repair."""
    name = row_name(COMMON, "platform.cpm")
    scenario = Scenario.default().with_({name: certain(0.8), COMMON: SHARE})
    assert read(f"{name},,0.8,,0.8\n{COMMON},,0.1,,0.3\n").changes == scenario.changes
    assert link.decoded({name: "0.8", COMMON: "0.1~0.3"}).scenario == scenario
    ready = prepare(scenario)
    assert ready.between_worlds.repair == 0.0
    values, _ = draw(ready, seed=0, block=(0, 0), worlds=5_000)
    for other in OF_CAUSES[1:]:
        np.testing.assert_allclose(values[other], values[OF_CAUSES[0]], rtol=1e-9)
    seen = stats.spearmanr(values[OF_CAUSES[0]], values["platform.cpm"]).statistic
    assert abs(seen - 0.8) < 3 * np.sqrt(1 + 0.32) * 0.36 / np.sqrt(5_000)


def test_a_remedy_that_changed_the_old_share_changes_every_causes() -> None:
    name = "remedies.own.change.1"
    old, new = (Change("set", path, SHARE) for path in (COMMON, "incidents.*.common_cause"))
    assert Scenario.default().with_({name: old}) == Scenario.default().with_({name: new})
    row = f"{name},set logitnormal,0.1,,0.3,{COMMON}\n"
    read_back = Scenario.read((HEAD.replace("high", "high,label") + row).encode())
    assert dict(read_back.changes)[name] == new


def test_all_causes_alike_is_what_one_share_was() -> None:
    """With the same certain share for all, the run is that of the formula χ(1 − γ)."""
    second = {"resilience.failover_success": certain(0.8)}
    scenario = Scenario.default().with_({**second, COMMON: certain(0.25)})
    whole = Scenario.default().with_(
        {"resilience.failover_success": certain(0.6), COMMON: certain(0.0)}
    )
    for column in ("loss_usd", "incident_h"):
        one, other = (simulate(each, years=500)[column] for each in (scenario, whole))
        assert one.tobytes() == other.tobytes()
