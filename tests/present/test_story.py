"""The story: right words for every kind of result, never more digits than the run supports."""

import re
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import pytest
from told import DATE, PAYING, SCENARIOS, YEARS, certain, material, texts, told

from model.assumptions.lookup import declared
from model.decisions.compare import compare
from model.decisions.counterfactuals import MATURE_YEARS, mature
from model.decisions.early_life import HORIZON_YEARS
from model.decisions.worth import offers_of
from model.present.story import axis_ticks, slide_assumptions
from model.present.story.gather import STEPS, Gathering, gather
from model.present.story.slide_reasons import day
from model.present.story.slides import BEGUN, command, source_line
from model.present.story.slides import section as write_section
from model.present.story.slides import story as write
from model.present.words import estimates, remedies
from model.present.words import numbers as fmt
from model.runs.simulate import simulate
from model.runs.standard_errors import Estimate, around
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError

ORDER = [
    "answer",
    "tolerance",
    "chain",
    "reasons",
    "replays",
    "options",
    "drivers",
    "assumptions",
    "method",
]
KINDS = ("default", "nothing", "quiet", "article", "unsure", "free")
JARGON = re.compile(
    r"\b(EAL|TVaR|VaR|LEC|AEP|OEP|EVPPI|Monte Carlo|percentile|quantile|stochastic|tornado|"
    r"standard error|marginal|exceedance|half-life|copula)\b",
    re.IGNORECASE,
)
MONEY = re.compile(r"\$([\d.,]+)(k|M|bn|tn)?")


def all_texts(name: str) -> list[str]:
    return [text for section in told(name).sections for text in texts(section)]


@pytest.mark.parametrize("name", KINDS)
def test_sections_come_in_the_order_people_decide_in(name):
    assert [section.key for section in told(name).sections] == ORDER
    assert all(section.headline and section.sentences for section in told(name).sections)


@pytest.mark.parametrize("name", KINDS)
def test_words_are_complete_sentences_without_jargon(name):
    for section in told(name).sections:
        for text in (section.headline, *section.sentences):
            assert text[0].isupper() or text[0].isdigit() or text[0] in "“$", text
            assert text.endswith("."), text
            assert "  " not in text
            assert not re.search(r"\bnan\b|\binf\b|None\b(?! of)|\{|\*\*", text), text
            assert not JARGON.search(text), text


@pytest.mark.parametrize("name", KINDS)
def test_no_amount_has_more_than_three_digits(name):
    for text in all_texts(name):
        for digits, _ in MONEY.findall(text):
            shown = digits.rstrip(".,").replace(",", "").replace(".", "").strip("0")
            assert len(shown) <= 3, text


@pytest.mark.parametrize("name", KINDS)
def test_sla_credit_is_explained_where_it_is_named(name):
    for section in told(name).sections:
        said = " ".join(section.sentences)
        assert "SLA credit" not in said or "provider" in said


def test_the_headline_figures_are_those_of_the_run():
    found, first = material("default"), told("default").sections[0]
    average, bad = found.result.mean("loss_usd"), found.result.quantile(0.9)
    assert [figure.value for figure in first.figures] == [
        estimates.money(average),
        estimates.money(bad),
        estimates.chance(found.result.chance_over(found.tolerance_usd)),
        estimates.chance(found.result.measure("p_no_incident").estimate),
    ]
    assert estimates.money(average) in first.headline
    assert estimates.money(bad) in first.headline


def test_the_run_is_the_one_that_the_pages_show():
    result = simulate(SCENARIOS["default"](), years=YEARS, seed=3)
    assert (result["loss_usd"] == material("default").result["loss_usd"]).all()


def test_nothing_fails_nothing_is_asked():
    story = told("nothing")
    assert story.section("answer").headline == "In this scenario outages cost nothing."
    assert story.section("answer").sentences == (
        "No decision is needed: in this scenario no outage costs anything.",
    )
    assert story.section("options").headline == "With nothing to lose, no remedy can pay."
    charted = [section.key for section in story.sections if section.charts]
    assert charted == ["replays"]


def test_headlines_say_what_they_leave_out():
    assert told("default").section("drivers").headline.startswith("Of what better data could")
    reasons = told("default").section("reasons")
    assert "after 0.25\u00a0h to 4\u00a0h, would avoid" in reasons.headline
    assert any("keeps this scenario's failover time" in text for text in reasons.sentences)


def test_nothing_pays_too_where_nothing_pays():
    for name in KINDS:
        said = " ".join(told(name).section("options").sentences)
        assert "too." not in said or material(name).choice.paying


def test_what_was_never_seen_is_not_called_impossible():
    over = told("nothing").section("answer").figures[2]
    assert over.value == "under 0.2\u00a0%"
    assert "not never" in told("nothing").section("tolerance").sentences[1]


@pytest.mark.parametrize("name", ["default", "quiet"])
def test_remedies_that_do_not_pay_are_not_recommended(name):
    story = told(name)
    assert "None of the 10 remedies pays on revenue alone." in story.section("answer").sentences[0]
    assert story.section("options").sentences[0] == "Recommended on revenue alone: none."
    assert "approve" not in " ".join(story.section("answer").sentences)
    assert not material(name).choice.paying


def test_a_remedy_that_pays_is_recommended_with_its_chance():
    choice, story = material("article").choice, told("article")
    assert choice.best is not None
    assert choice.best.row.net_benefit.low > 0
    first, second, *_ = story.section("answer").sentences
    assert first.startswith("Decision asked for: approve “")
    assert "back with a chance of" in second
    assert "certain" not in second


def test_the_recommended_set_is_the_best_that_was_looked_at():
    choice = material("free").choice
    assert choice.several is not None
    assert choice.best.benefit.value == max(offer.row.net_benefit.value for offer in choice.sets)
    assert choice.paying == tuple(o for o in choice.offers if o.row.net_benefit.low > 0)


def test_a_remedy_that_costs_nothing_is_said_to():
    row = told("free").section("options").tables[0].rows
    assert any(cells[0].startswith("Graceful degradation") and cells[1] == "$0" for cells in row)


def test_a_chance_is_never_more_certain_than_the_worlds_that_were_drawn():
    cells = [row[3] for row in told("default").section("options").tables[0].rows[:-1]]
    assert "under 4\u00a0%" in cells  # 3.6 in a hundred worlds could have been missed (97.5 %)
    assert not {"0\u00a0%", "100\u00a0%"} & set(cells)


def test_enormous_uncertainty_leaves_one_digit():
    found = material("unsure")
    average = found.result.mean("loss_usd")
    assert 1.96 * average.standard_error > 0.1 * average.value
    figure = told("unsure").section("answer").figures[0].value
    assert figure == estimates.money(average)


def test_open_questions_are_left_open():
    assert estimates.money(around(5e6, 4e6)) == "about $0"
    assert estimates.supported_digits(around(5e6, 1e6)) == 1
    assert estimates.supported_digits(around(5e6, 1e5)) == 2
    assert estimates.supported_digits(Estimate(5e6, float("nan"), 0.0, 0.0)) == 1


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (Estimate(0.0, 0.0, 0.0, 0.0002), "under 0.02\u00a0%"),
        (Estimate(0.0836, 0.001, 0.08, 0.09), "8.4\u00a0%"),
        (Estimate(0.002, 0.0009, 0.001, 0.004), "0.2\u00a0%"),
        (Estimate(1.0, 0.0, 0.999, 1.0), "100\u00a0%"),
    ],
)
def test_chances_are_rounded_to_their_error(chance, said):
    assert estimates.chance(chance) == said


def test_remedies_asked_about_stand_together():
    names = ("graceful_degradation", "quarterly_failover_drills")
    choice, story = material("default", *names).choice, told("default", *names)
    assert choice.several.row.remedies == names
    assert choice.candidate is choice.several
    assert len(choice.offers) == 2
    assert "--remedy graceful_degradation quarterly_failover_drills" in command(
        story.facts, "x.html"
    )
    saved = [offer.saving.value for offer in choice.offers]
    assert max(saved) < choice.several.saving.value < sum(saved)


def test_remedies_switched_on_are_those_asked_about():
    on = Scenario.default().with_({"remedies.graceful_degradation.on": certain(1.0)})
    found = gather(on, years=300, paying=(20, 100), swing_years=100)
    assert found.choice.names == ("graceful_degradation",)
    assert [offer.row.name for offer in found.choice.offers] == ["graceful_degradation"]


def test_an_unknown_remedy_is_an_error():
    with pytest.raises(ScenarioError, match="nearest known: active_active"):
        gather(
            Scenario.default(),
            asked=("active_activ",),
            years=100,
            paying=(20, 100),
            swing_years=100,
        )


def test_the_chance_of_paying_back_needs_many_years_in_each_world():
    found = gather(
        Scenario.default(), asked=("warm_standby",), years=300, paying=(20, 100), swing_years=100
    )
    assert found.choice.offers[0].pays is None


def test_progress_goes_from_start_to_end_and_can_stop_the_work():
    seen: list[float] = []
    gather(
        Scenario.default(),
        asked=("warm_standby",),
        years=300,
        paying=(20, 100),
        swing_years=100,
        on_progress=lambda share, what: seen.append(share),
    )
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0, abs=0.15)

    class Enough(Exception):
        pass

    def stop(share: float, what: str) -> None:
        raise Enough

    with pytest.raises(Enough):
        gather(Scenario.default(), years=300, paying=(20, 100), swing_years=100, on_progress=stop)


def test_reasons_are_differences_on_the_same_incidents():
    found = material("default")
    average = found.result.mean("loss_usd").value
    bars = told("default").section("reasons").charts[0].bars[1:]
    saved = sorted(figure.value for figure in found.reasons.values())
    assert [bar.end - average for bar in bars] == pytest.approx(saved, rel=1e-9)
    assert all(figure.high < 0 for figure in found.reasons.values())


def test_the_money_of_the_chain_adds_up():
    chart = told("default").section("chain").charts[0]
    *lines, total = chart.bars
    groups = [bar for bar in lines if not bar.pale]
    assert groups[-1].end == pytest.approx(total.end, rel=1e-12)
    assert all(a.end == b.start for a, b in pairwise(groups))


def test_curves_fall_and_start_at_the_chance_of_any_loss():
    found, chart = material("default"), told("default").section("tolerance").charts[0]
    now, after = chart.lines
    assert now.y[0] == (found.result["loss_usd"] > 0).mean()
    for line in (now, after):
        assert all(a >= b for a, b in pairwise(line.y))


def test_every_story_says_how_to_make_it_again():
    story = told("default")
    rows = dict(story.section("method").tables[0].rows)
    assert rows["Scenario"] == "default"
    assert rows["Scenario hash"] == Scenario.default().digest()
    assert rows["Simulated years, seed"] == "2,000, seed 3"
    assert rows["Date"] == "2026-04-01"
    assert "results version" in rows["Version"]
    assert command(story.facts, "a b.html").endswith(
        "scenario.csv --years 2000 --seed 3 --tolerance 25000000 --date 2026-04-01 --out 'a b.html'"
    )
    assert "seed 3" in source_line(story.facts)


def test_what_is_not_modelled_and_what_is_weakest_is_said():
    said = " ".join(told("article").section("assumptions").sentences)
    assert "Not modelled: litigation" in said
    weakest = material("article").ranking.weakest[0]
    assert f"Weakest input: “{declared(weakest.name).label}”" in said


def test_inputs_that_the_scenario_sets_come_first():
    rows = told("article").section("assumptions").tables[0].rows
    own = dict(SCENARIOS["article"]().provenance)
    assert len(own) == len(SCENARIOS["article"]().changes) > 3
    assert {row[3] for row in rows[: len(own)]} == {one.source for one in own.values()}
    assert len(told("article").assumptions.rows) == len(SCENARIOS["article"]().names())


def test_what_is_said_from_the_year_alone_stays_when_the_rest_is_there():
    found = material("default")
    work = Gathering(SCENARIOS["default"](), YEARS, seed=3, paying=PAYING, swing_years=500)
    begun = work.begin(found.result)
    for key in BEGUN:
        first, whole = write_section(key, begun, date=DATE), told("default").section(key)
        assert first.figures == whole.figures
        assert whole.headline.startswith(first.headline.removesuffix("."))
        assert set(first.data[0].rows if first.data else ()) <= {
            row[:2] for table in whole.data for row in table.rows
        }
    assert write_section("chain", begun, date=DATE) == told("default").section("chain")


def test_steps_in_any_order_give_the_same_story():
    found = material("default")
    work = Gathering(SCENARIOS["default"](), YEARS, seed=3, paying=PAYING, swing_years=500)
    backwards = work.begin(found.result)
    for step in reversed(STEPS):
        backwards = work.add(step, backwards)
    assert write(backwards, date=DATE) == told("default")


def test_a_mature_year_is_compared_by_one_figure_however_long_the_run_is():
    scenario = SCENARIOS["default"]()
    once = mature(scenario, years=MATURE_YEARS, seed=3)
    assert mature(scenario, years=4 * MATURE_YEARS, seed=3) == once
    assert material("default").reasons["mature"] == mature(scenario, years=YEARS, seed=3)


@pytest.mark.parametrize(
    ("share", "worlds", "said"),
    [
        (Estimate(0.0, 0.0, 0.0, 0.0), 500, "under 1\u00a0%"),
        (Estimate(0.02, 0.014, 0.0, 0.047), 100, "under 5\u00a0%"),
        (Estimate(0.996, 0.003, 0.99, 1.0), 500, "over 99\u00a0%"),
        (Estimate(0.054, 0.01, 0.034, 0.074), 500, "5\u00a0%"),
        (Estimate(0.412, 0.02, 0.37, 0.45), 500, "41\u00a0%"),
    ],
)
def test_shares_of_worlds_are_said_by_one_rule(share, worlds, said):
    assert estimates.of_worlds(share, worlds) == said


def test_the_chance_of_paying_back_is_said_as_on_the_page_that_decides():
    found = material("default")
    one, many = found.comparisons[0], compare_long()
    assert found.choice.offers == offers_of(one, many, found.tolerance_usd)
    cells = {row[0]: row[3] for row in told("default").section("options").tables[0].rows}
    for offer in found.choice.offers:
        assert cells[offer.label] == remedies.chance(offer)


def test_page_and_report_call_the_same_remedy_nearest():
    choice, story = material("default").choice, told("default")
    loss = material("default").result.mean("loss_usd")
    nearest = f"{remedies.quoted(choice.nearest)} comes nearest"
    assert nearest in remedies.answer(choice, loss)
    assert nearest in story.section("answer").sentences[1]
    assert nearest in story.section("options").headline


def test_where_nothing_saves_neither_page_nor_report_names_a_remedy():
    """What only noise makes positive is not near to anything."""
    choice, loss = material("default").choice, material("default").result.mean("loss_usd")
    noise = Estimate(1e3, 1e3, -1e3, 3e3)
    none = replace(
        choice,
        offers=tuple(replace(o, saving=noise, benefit=around(-1e6, 1e3)) for o in choice.offers),
    )
    assert none.candidate is None
    assert "saves anything" in remedies.answer(none, loss)
    assert "No remedy looked at saves anything" in remedies.asked_for(none, loss, loss, 25e6)[0]
    assert "No remedy looked at saves anything" in remedies.verdict(none, loss)


def test_savings_say_over_which_years_they_are_averaged():
    found = material("default")
    years = f"averaged over {HORIZON_YEARS:.0f} years"
    assert {offer.row.horizon_years for offer in found.choice.sets} == {HORIZON_YEARS}
    for key in ("answer", "options"):
        section = told("default").section(key)
        assert years in " ".join((*section.sentences, section.reading)), key


def compare_long():
    worlds, years = PAYING
    scenario = SCENARIOS["default"]()
    names = [(remedy.name,) for remedy in scenario.remedies]
    return compare(scenario, names, years=years, worlds=worlds, seed=3)


def test_a_source_on_a_slide_ends_where_a_clause_ends():
    sources = {declared(name).source for name in Scenario.default().names()}
    for source in sources:
        short = slide_assumptions.brief(source)
        assert len(short) <= 76
        assert "…" not in short
        assert short.count("(") == short.count(")")
        without_asides = re.sub(r" \([^()]*\)", "", source)
        whole = source if short == source else without_asides
        assert whole.startswith(short)
        assert whole[len(short) : len(short) + 1] in ("", ";", ":", ".")


def test_inputs_are_told_in_the_same_words_everywhere():
    section = told("default").section("assumptions")
    tables = (*section.tables, section.large, told("default").assumptions)
    for table in tables:
        column = table.head.index("evidence")
        assert "grade" not in table.head
        assert {row[column] for row in table.rows} <= set(slide_assumptions.GRADES.values())


def test_replays_are_told_in_money_an_hour_on_the_clock_of_the_platform():
    """Day and hour of the start and the sum of the hours, against the replay itself."""
    section = told("default").section("replays")
    for chart, one in zip(section.charts, material("default").replays, strict=True):
        assert (chart.x_unit, chart.y_unit) == (axis_ticks.CLOCK, "USD")
        start = one.incident.start_in(one.scenario.time_zone)
        assert chart.lines[0].x[0] == axis_ticks.serial(start.replace(tzinfo=None))
        hourly = one.curves(one.incident.hours + 24.0)
        playback = dict(zip(hourly.hour, hourly.lost["playback"], strict=True))
        assert chart.lines[0].y[5] == pytest.approx(playback[5.0], rel=1e-9)
        curves = one.curves()
        total = sum(float((lost * curves.length_h).sum()) for lost in curves.lost.values())
        assert f"{day(one)}: {fmt.money(total)} hour by hour" in " ".join(section.sentences)


def test_ticks_of_a_clock_stand_at_round_hours_and_days():
    begin = axis_ticks.serial(datetime(2026, 3, 3, 8, 24))
    hours = [tick.label for tick in axis_ticks.ticks(begin, begin + 1.0, axis_ticks.CLOCK, 5)]
    assert hours == ["06:00", "12:00", "18:00", "4 Mar", "06:00", "12:00"]
    days = [tick.label for tick in axis_ticks.ticks(begin, begin + 8.0, axis_ticks.CLOCK, 5)]
    assert days == ["3 Mar", "5 Mar", "7 Mar", "9 Mar", "11 Mar", "13 Mar"]
    long = axis_ticks.ticks(begin, begin + 9.9, axis_ticks.CLOCK, 4)
    assert [tick.label for tick in long] == ["3 Mar", "6 Mar", "9 Mar", "12 Mar", "15 Mar"]
    assert axis_ticks.number_format(0.25, begin, axis_ticks.CLOCK) == "hh:mm"
    assert axis_ticks.number_format(2.0, begin, axis_ticks.CLOCK) == "d mmm"
