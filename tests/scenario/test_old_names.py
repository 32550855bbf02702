"""Old names: files, links and flags of earlier versions still mean what they meant."""

from __future__ import annotations

import io

import numpy as np
import pytest
from given import certain, new_cause
from scipy import stats

from model.__main__ import main
from model.assumptions.correlations import row_name
from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief
from model.runs.simulate import simulate
from model.scenario import results_versions
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from model.version import RESULTS_VERSION
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
    new = link.decoded({"remedies.warm_standby.on": "1", "tolerance": "4e7"})
    assert (old.scenario, old.settings) == (new.scenario, new.settings)
    assert (len(old.remarks), new.remarks) == (1, ())
    assert not old.problems


def test_of_an_old_and_a_new_parameter_the_new_one_counts() -> None:
    both = link.decoded({"threshold": "1e7", "tolerance": "4e7"})
    assert both.scenario.tolerance_usd == 4e7
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


FEE = b"""name,shape,low,mid,high,label
sla.monthly_fee,lognormal,10000000,,20000000,
correlation.platform.cpm.with.sla.monthly_fee,,0.3,,0.3,
remedies.cheap.change.1,set,5000000,,5000000,sla.monthly_fee
remedies.cheap.change.2,scale,0.9,,0.9,sla.monthly_fee
"""
BILL = "platform.cloud_bill_per_year"


def test_a_monthly_fee_is_a_twelfth_of_the_bill() -> None:
    """In rows, correlations and remedies: values are converted, factors are not."""
    scenario, remarks = Scenario.read_with_remarks(FEE)
    bill = scenario.belief(BILL)
    assert (bill.low, bill.high) == (120e6, 240e6)
    assert (BILL, "platform.cpm", 0.3) in scenario.correlations
    cheap = next(remedy for remedy in scenario.remedies if remedy.name == "cheap")
    assert [(c.path, c.belief.low) for c in cheap.changes] == [(BILL, 60e6), (BILL, 0.9)]
    assert f"sla.monthly_fee is read as {BILL}, times 12" in remarks
    linked = link.decoded(
        {
            "sla.monthly_fee": "10000000~20000000",
            "correlation.platform.cpm.with.sla.monthly_fee": "0.3",
            "remedies.cheap.change.1": "set~sla.monthly_fee~lognormal~5000000",
            "remedies.cheap.change.2": "scale~sla.monthly_fee~lognormal~0.9",
        }
    )
    assert linked.problems == ()
    assert linked.scenario.changes == scenario.changes
    given = {"sla.monthly_fee": Belief("lognormal", 10e6, 20e6)}
    assert Scenario.default().with_(given).belief(BILL) == bill


def test_old_and_new_name_of_the_bill_together_are_an_error() -> None:
    both = FEE + b"platform.cloud_bill_per_year,lognormal,120000000,,240000000,\n"
    with pytest.raises(ScenarioError, match="once only"):
        Scenario.read(both)


def test_a_file_of_results_1_says_what_has_moved() -> None:
    rows = b"name,shape,low,mid,high\ntrust.recovery,,3,,21\nplatform.cpm,,5,,9\n"
    scenario, (left_out, kept) = Scenario.read_with_remarks(rows)
    assert scenario.belief("trust.recovery").high == 21.0
    assert "ads.budget_recapture" in left_out
    assert "trust.recovery" not in left_out
    assert kept.endswith(": trust.recovery")
    assert "trust.recovery" in results_versions.kept_defaults(dict(scenario.changes))


def test_what_is_written_today_needs_no_remark() -> None:
    text = Scenario.default().with_({"platform.cpm": Belief("lognormal", 5.0, 9.0)}).changes_csv()
    assert f"scenario.results_version,{RESULTS_VERSION}," in text
    assert Scenario.read_with_remarks(text.encode())[1] == ()
    later = text.replace(f"results_version,{RESULTS_VERSION},", "results_version,99,")
    assert "99" in Scenario.read_with_remarks(later.encode())[1][0]
    with pytest.raises(ScenarioError, match="a whole number"):
        Scenario.read(text.replace(f"version,{RESULTS_VERSION},", "version,two,").encode())


def test_moved_defaults_are_not_the_defaults_of_today() -> None:
    """What the file of results 1 held and today's default are two things, or it has not moved."""
    for name, was in results_versions._DEFAULTS_OF_1.items():
        assert Scenario.default().with_({name: was}).changes, name


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


def test_a_file_of_results_1_keeps_its_share_with_what_was_said_of_it() -> None:
    rows = f"name,shape,low,mid,high,source,grade\n{COMMON},logitnormal,0.02,,0.24,Our own log,B\n"
    scenario, remarks = Scenario.read_with_remarks(rows.encode())
    assert f"{COMMON} is read as common_cause of every cause" in remarks
    for name in OF_CAUSES:
        assert scenario.evidence(name).source == "Our own log"
        assert scenario.evidence(name).grade == "B"
    left_out, kept = (line for line in remarks if line.startswith("written for results 1"))
    assert "common_cause" not in left_out
    assert all(name in kept for name in OF_CAUSES)


def test_what_was_correlated_with_the_old_share_is_said() -> None:
    name = row_name(COMMON, "platform.cpm")
    _, remarks = Scenario.read_with_remarks((HEAD + f"{name},,0.8,,0.8\n").encode())
    assert any("and these with each other by 1" in line for line in remarks)
    assert link.decoded({COMMON: "0.1"}).remarks == (
        f"{COMMON} is read as common_cause of every cause",
    )
