"""Old names: files, links and flags of earlier versions still mean what they meant."""

from __future__ import annotations

import io

import pytest
from given import certain

from model.__main__ import main
from model.beliefs.belief import Belief
from model.scenario import results_versions
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from model.version import RESULTS_VERSION
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
