"""Links: exact there and back; what is wrong is named and left out; long ones are packed."""

from __future__ import annotations

import base64
import bz2
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest
from visiting.browser import PATIENCE_S

from model.assumptions.cause_defaults import CAUSE_REQUIRED, CAUSES
from model.assumptions.remedies import library_rows
from model.beliefs.belief import Belief
from model.limits import (
    LONGEST_LINK,
    LONGEST_PLAIN_LINK,
    LONGEST_SENT,
    LONGEST_UNPACKED,
    MOST_CAUSES,
    MOST_PARAMETERS,
    MOST_ROWS,
)
from model.scenario.scenario import Scenario
from views.session import link
from views.session.link import CUT, IN_FILE, PACKED, Settings, Visit, decoded, encoded
from views.session.packed import packed, unpacked

CPM = "platform.cpm"
GOOD = {CPM: "5~9", "seed": "7", "scenario.name": "Mine"}
KEPT = Visit(
    Scenario.default().with_({CPM: Belief("lognormal", 5.0, 9.0), "scenario.name": "Mine"}),
    Settings(seed=7),
    (),
)
PAIR = ("correlation.platform.cpm.with.ads.budget_recapture", "0.3")
SAME_PAIR = ("correlation.ads.budget_recapture.with.platform.cpm", "0.4")
WRONG = {
    "one pair in both orders, first": [SAME_PAIR, PAIR, ("correlation.x.with.y", "0.1")],
    "unknown": [("platform.cpn", "3")],
    "no number": [("trust.recovery", "soon")],
    "not finite": [("trust.recovery", "nan~inf")],
    "half a cause": [("incidents.mine.rate_per_year", "1~2")],
    "a cause of strange letters": [("incidents.Mine!.rate_per_year", "1~2")],
    "a remedy without effect": [("remedies.mine.annual", "1~2")],
    "an effect on a cause that is not there": [
        ("remedies.mine.change.1", "scale~incidents.gone.duration~0.1~0.2")
    ],
    "an effect with a gap": [
        ("remedies.mine.change.3", "scale~platform.cpm~0.1~0.2"),
        ("remedies.mine.change.5", "scale~platform.cpm~0.1~0.2"),
    ],
    "an effect of no kind": [("remedies.mine.change.1", "halve")],
    "a correlation with half a cause": [
        ("incidents.mine.duration", "1~2"),
        ("correlation.incidents.mine.ads_loss.with.incidents.mine.duration", "0.5"),
    ],
    "settings": [("years", "many"), ("tolerance", "-1")],
    "a bad text": [("scenario.note", "a\0b")],
    "no text": [("scenario.note", "x" * 501)],
    "old and new": [("mitigations.drills.on", "1"), ("remedies.drills.on", "2")],
    "no packing": [(PACKED, "nonsense")],
    "strange": [("", ""), (".", "."), ("..", "~"), ("~", "~~~~"), ("correlation.", "1")],
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_and_all_else_holds(wrong: list[tuple[str, str]]):
    for query in ([*wrong, *GOOD.items()], [*GOOD.items(), *wrong]):
        visit = decoded(dict(query))
        assert visit.problems
        without = dict(visit.scenario.changes)
        assert without.pop(CPM) == Belief("lognormal", 5.0, 9.0)
        assert visit.settings == Settings(seed=7)
        assert visit.scenario.name == "Mine"
        for name, _ in wrong:
            said = " ".join(visit.problems)
            assert name in without or name in said or repr(name) in said, (name, visit.problems)


def test_one_bad_source_spoils_no_other_and_a_link_keeps_the_good_ones():
    rows = {CPM: "5~9", "trust.recovery": "20~40", "platform.daily_users": "1e8~2e8"}
    visit = decoded(
        rows
        | {f"{CPM}.source": "Own data~A", "trust.recovery.source": f"{'x' * 501}~Z"}
        | {"platform.daily_users.source": "Analytics~B", "nothing.source": "Nobody~A"}
    )
    cited = dict(visit.scenario.provenance)
    assert {CPM, "platform.daily_users"} <= cited.keys()
    assert cited[CPM].source == "Own data"
    assert len(visit.scenario.changes) == 3
    assert any("Recover" in line or "trust.recovery" in line for line in visit.problems)
    again = decoded(encoded(visit.scenario, visit.settings))
    assert dict(again.scenario.provenance) == cited
    bare = Scenario(visit.scenario.name, visit.scenario.note, visit.scenario.changes)
    assert bare == visit.scenario
    assert encoded(bare, visit.settings) != encoded(visit.scenario, visit.settings)


def test_of_one_pair_in_both_orders_the_first_counts():
    visit = decoded(dict([PAIR, SAME_PAIR]))
    assert visit.scenario.correlations[0][2] == 0.3
    assert len(visit.problems) == 1
    assert decoded(dict([SAME_PAIR, PAIR])).scenario.correlations[0][2] == 0.4


def test_what_needs_something_left_out_goes_with_it():
    """A cause loses a row, its correlation and the remedy that changes it follow."""
    whole = {
        **{f"incidents.mine.{part}": "0.1~0.5" for part in CAUSE_REQUIRED},
        "correlation.incidents.mine.ads_loss.with.incidents.mine.duration": "0.5",
        "remedies.mine.change.1": "scale~incidents.mine.duration~0.1~0.2",
        "remedies.mine.on": "1",
        CPM: "5~9",
    }
    full = decoded(whole)
    assert not full.problems
    assert len(full.scenario.changes) == len(whole)
    less = decoded(whole | {"incidents.mine.duration": "for long"})
    assert less.scenario == decoded({CPM: "5~9"}).scenario
    assert len(less.problems) >= len(whole) - 1


def test_too_many_causes_leave_out_the_last():
    count = MOST_CAUSES - len(CAUSES) + 3
    rows = {f"incidents.c{k}.{part}": "0.1~0.5" for k in range(count) for part in CAUSE_REQUIRED}
    visit = decoded(rows | {CPM: "5~9"})
    assert len(visit.scenario.causes) == MOST_CAUSES
    assert f"c{count - 4}" in visit.scenario.causes
    assert visit.scenario.belief(CPM).low == 5.0
    assert len(visit.problems) == 3 * len(CAUSE_REQUIRED)


def test_parameters_beyond_any_scenario_are_counted():
    visit = decoded(dict([*GOOD.items(), *((f"a.b{k}", "1") for k in range(MOST_ROWS + 500))]))
    assert visit.scenario == KEPT.scenario
    assert any(line.startswith("503 parameters") for line in visit.problems)


def test_a_parameter_that_comes_twice_counts_once_and_is_named():
    found, lines = link.once([(CPM, "5~9"), ("seed", "7"), (CPM, "1~2"), ("seed", "7")])
    assert found == {CPM: "5~9", "seed": "7"}
    assert len(lines) == 1
    assert CPM in lines[0]


NAMES = some.one_of(
    some.sampled_from(
        [*Scenario.default().names(), *library_rows(), *GOOD, PAIR[0], SAME_PAIR[0]]
        + [f"incidents.mine.{part}" for part in (*CAUSE_REQUIRED, "timing")]
        + [f"remedies.mine.{part}" for part in ("on", "annual", "change.1", "change.3")]
        + [f"{CPM}.source", "trust.recovery.source", "nothing.source", "sla.monthly_fee"]
        + ["mitigations.drills.on", "threshold", "tolerance", "years", PACKED, IN_FILE, CUT]
    ),
    some.text(max_size=30),
    some.builds("correlation.{}.with.{}".format, some.text(max_size=9), some.text(max_size=9)),
)
NUMBERS = some.floats(allow_nan=True, allow_infinity=True).map(repr)
TEXTS = some.one_of(
    some.text(max_size=40),
    some.lists(NUMBERS | some.sampled_from(["pert", "normal", "0", "1"]), max_size=5).map("~".join),
    some.builds("scale~{}~{}".format, NAMES, NUMBERS),
    some.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(bz2.compress(raw)).decode()),
)


@given(some.dictionaries(NAMES, TEXTS, max_size=12))
def test_no_mapping_of_texts_is_an_error(parameters: dict[str, str]):
    visit = decoded(parameters)
    again = decoded(encoded(visit.scenario, visit.settings))
    assert again == Visit(visit.scenario, visit.settings, ())
    assert again.scenario.provenance == visit.scenario.provenance


@given(some.dictionaries(NAMES, TEXTS, max_size=8))
def test_what_holds_by_itself_holds_beside_anything(parameters: dict[str, str]):
    taken = {"platform.cpm", "seed", "scenario.name", PACKED, PAIR[0], SAME_PAIR[0]}
    mixed = {name: text for name, text in parameters.items() if name not in taken} | GOOD
    visit = decoded(mixed)
    assert visit.scenario.belief(CPM) == Belief("lognormal", 5.0, 9.0)
    assert (visit.settings.seed, visit.scenario.name) == (7, "Mine")


def busy(causes: int) -> Scenario:
    """A scenario with causes of numbers that do not repeat."""
    rows = {
        f"incidents.{word}_{k}.{part}": Belief(
            "logitnormal" if part.endswith("loss") else "lognormal",
            round(0.1 + (k * 7 + p) % 37 / 100, 2),
            round(0.5 + (k * 11 + p) % 43 / 100, 2),
        )
        for k, word in enumerate(["network", "storage", "power", "release"] * causes)
        for p, part in enumerate(CAUSE_REQUIRED)
        if k < causes
    }
    return Scenario.default().with_(rows)


def test_a_scenario_of_forty_causes_fits_in_2000_characters():
    scenario = busy(40 - len(CAUSES))
    assert len(scenario.causes) == 40
    parameters = encoded(scenario, Settings(seed=3))
    assert list(parameters) == [PACKED]
    assert len(urlencode(parameters)) < 2_000
    assert decoded(parameters) == Visit(scenario, Settings(seed=3), ())
    assert decoded(parameters | {"seed": "9"}).settings.seed == 9, "what stands beside it counts"


def with_labels(scenario: Scenario) -> Scenario:
    """The scenario with a label of its own, in other letters, for each cause."""
    fields = ("duration_level", "severity_level", "common_cause", "early_life_months")
    rows: dict[str, object] = {}
    for k, cause in enumerate(scenario.causes):
        rows[f"incidents.{cause}.label"] = f"Ursache {k * 7919 % 997}; „Überlastung“, {k}"
        rows |= {
            f"incidents.{cause}.{field}": replace(
                belief, low=belief.low * (1 + k / 997), high=belief.high * (1 + (k + n) / 4999)
            )
            for n, field in enumerate(fields)
            for belief in [scenario.belief(f"incidents.{cause}.{field}")]
            if not belief.certain
        }
    return scenario.with_(rows)


@pytest.mark.parametrize("causes", [0, 3, 12, 26, 36, 46])
def test_a_link_is_one_that_can_be_sent_or_the_page_offers_the_file(causes: int):
    """Whatever it carries, no server cuts it and Streamlit takes all of its parameters."""
    for scenario in (busy(causes), with_labels(busy(causes))):
        parameters = encoded(scenario, Settings())
        length = len(urlencode(parameters))
        assert len(parameters) <= MOST_PARAMETERS
        assert length <= LONGEST_LINK
        assert link.can_be_sent(scenario, Settings()) == (length <= LONGEST_SENT < 2_000)
        if link.fits(scenario, Settings()):
            assert decoded(parameters) == Visit(scenario, Settings(), ())
    assert not link.can_be_sent(with_labels(busy(46)), Settings())


PAGE = """
from views.session import state
from views.shell import messages

state.open_visit("assumptions")
messages.messages()
"""


def test_the_page_says_so_before_somebody_sends_it():
    for scenario, told in ((busy(3), False), (with_labels(busy(46)), True)):
        app = AppTest.from_string(PAGE, default_timeout=PATIENCE_S)
        for name, text in encoded(scenario, Settings()).items():
            app.query_params[name] = text
        app.run()
        assert not app.exception
        assert any("Send the file instead" in one.value for one in app.markdown) == told
        assert any(one.label == "Save changes" for one in app.get("download_button")) == told


def test_short_links_stay_readable():
    assert encoded(KEPT.scenario, KEPT.settings) == GOOD
    assert len(urlencode(GOOD)) < LONGEST_PLAIN_LINK


def test_what_no_link_bears_is_only_named():
    pairs = [
        (first, second)
        for k, first in enumerate(busy(46).names())
        for second in busy(46).names()[k + 1 :]
        if first.endswith("rate_per_year") and second.endswith("rate_per_year")
    ]
    rows = {
        f"correlation.{first}.with.{second}": Belief("normal", rho, rho)
        for k, (first, second) in enumerate(pairs)
        for rho in [round(((k * 7919) % 1999 - 999) / 1000, 3)]
    }
    scenario = busy(46).with_(rows)
    assert not link.fits(scenario, Settings(seed=4))
    parameters = encoded(scenario, Settings(seed=4))
    assert parameters == {IN_FILE: scenario.digest()[:12], "seed": "4"}
    assert len(urlencode(parameters)) < 100
    visit = decoded(parameters)
    assert visit.scenario == Scenario.default()
    assert "too long for a link" in visit.problems[0]


def test_a_link_that_was_cut_says_so():
    whole = encoded(busy(36), Settings())[PACKED]
    for text in (whole[:-40], whole[:10], whole[1:], whole.swapcase(), "", "=", "é"):
        visit = decoded({PACKED: text, **GOOD})
        assert (visit.scenario, visit.settings) == (KEPT.scenario, KEPT.settings)
        assert "cut or changed" in visit.problems[0]
    assert "1540 parameters" in decoded({CUT: "1540"}).problems[0]


def test_a_bomb_stays_packed():
    small = bz2.compress(b"a=" + b"x" * 500_000_000, compresslevel=9)
    bomb = base64.urlsafe_b64encode(small).decode()
    assert len(bomb) < LONGEST_LINK
    with pytest.raises(ValueError, match=f"{LONGEST_UNPACKED:,}"):
        unpacked(bomb)
    assert decoded({PACKED: bomb, **GOOD}).scenario == KEPT.scenario
    assert "at most" in decoded({PACKED: "a" * (LONGEST_LINK + 1)}).problems[0]


def test_a_packed_link_in_a_packed_link_is_left_alone():
    inner = packed(GOOD)
    visit = decoded({PACKED: packed({PACKED: inner, CPM: "5~9"})})
    assert visit.scenario.belief(CPM).low == 5.0
    assert visit.settings.seed == 0
