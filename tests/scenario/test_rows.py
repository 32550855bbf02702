"""The scenario file: round trips, and every way a file can be wrong."""

from __future__ import annotations

import csv
import io
import pickle
from pathlib import Path

import pytest
from given import certain, lognormal, new_cause
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from model.assumptions.declaration import Assumption
from model.assumptions.lookup import declared
from model.assumptions.names import titled
from model.assumptions.remedies import FACTOR, library_rows
from model.assumptions.remedy_library import Change
from model.assumptions.values import judged
from model.beliefs.belief import Belief
from model.formats.characters import is_plain
from model.scenario import rows as scenario_csv
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError

DEFAULT = Scenario.default()
HEADER = "name,shape,low,mid,high\r\n"


def read(rows: str, header: str = HEADER) -> Scenario:
    return Scenario.read((header + rows).encode())


def problems(rows: str, header: str = HEADER) -> tuple[str, ...]:
    with pytest.raises(ScenarioError) as caught:
        read(rows, header)
    assert all("\n" not in line for line in caught.value.problems)
    return caught.value.problems


# --- the file -----------------------------------------------------------------------------------


def test_the_whole_default_reads_back_as_the_default():
    assert Scenario.read(scenario_csv.encoded(DEFAULT.to_csv())) == DEFAULT


def test_the_file_has_a_byte_order_mark_crlf_and_the_columns():
    raw = scenario_csv.encoded(DEFAULT.to_csv())
    assert raw.startswith(b"\xef\xbb\xbf" + ",".join(scenario_csv.COLUMNS).encode() + b"\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_the_whole_file_lists_every_row():
    rows = list(csv.DictReader(io.StringIO(DEFAULT.to_csv())))
    names = [row["name"] for row in rows]
    assert names[: len(DEFAULT.names()) + 3] == [
        "scenario.name",
        "scenario.note",
        "scenario.results_version",
        *DEFAULT.names(),
    ]
    assert sum(name.startswith("correlation.") for name in names) == 6 + 4 * 3
    assert {m.name for m in DEFAULT.remedies} == {
        name.split(".")[1] for name in names if name.startswith("remedies.")
    }
    by_name = {row["name"]: row for row in rows}
    assert by_name["platform.ad_revenue_per_year"] == {
        "name": "platform.ad_revenue_per_year",
        "shape": "lognormal",
        "low": "11000000000",
        "mid": "",
        "high": "17000000000",
        "unit": "USD",
        "label": "Ad revenue per year",
        "source": declared("platform.ad_revenue_per_year").source,
        "grade": "B",
        "owner": "",
        "date": "",
    }


def test_a_changed_row_does_not_claim_the_evidence_of_the_default():
    changed = DEFAULT.with_({"trust.failure_return_effect": Belief("logitnormal", 0.1, 0.2)})
    (row,) = [
        row
        for row in csv.DictReader(io.StringIO(changed.to_csv()))
        if row["name"] == "trust.failure_return_effect"
    ]
    assert (row["source"], row["grade"]) == ("", "")


def test_the_file_of_changes_has_only_those():
    changed = DEFAULT.with_({"platform.cpm": lognormal(0.1 + 0.2, 9), "scenario.note": "why"})
    names = [row["name"] for row in csv.DictReader(io.StringIO(changed.changes_csv()))]
    assert names == ["scenario.name", "scenario.note", "scenario.results_version", "platform.cpm"]
    assert Scenario.read(changed.changes_csv().encode()) == changed


def test_what_is_read_is_name_shape_and_numbers_in_any_column_order():
    header = "high,remark,shape,mid,name,low\n"
    rows = "9,=x,,,platform.cpm,5\n,7,load,,incidents.capacity.timing,\n"
    scenario = read(rows, header)
    assert scenario.belief("platform.cpm") == lognormal(5, 9)
    assert scenario.word("incidents.capacity.timing") == "load"


def test_line_ends_blank_lines_and_byte_order_marks_do_not_matter():
    body = "platform.cpm,,5,,9"
    for raw in (
        f"\ufeff{HEADER}{body}\r\n",
        f"{HEADER.replace(chr(13), '')}\n\n{body}",
        f"{HEADER}\r\n,,,,\r\n{body}\r\n\r\n",
        " Name , SHAPE ,low,mid,high\n platform.cpm , , 5 , , 9 ",
    ):
        assert Scenario.read(raw.encode()).belief("platform.cpm") == lognormal(5, 9)


def test_a_scenario_is_called_as_the_file_says_or_like_the_file(tmp_path: Path):
    file = tmp_path / "my plan.csv"
    file.write_text(HEADER)
    assert Scenario.read(file).name == "my plan"
    assert Scenario.read(str(file)).name == "my plan"
    file.write_text(HEADER + "scenario.name,  Second\tregion ,,,\n")
    assert Scenario.read(file).name == "Second region"
    with file.open("rb") as opened:
        assert Scenario.read(opened).name == "Second region"
    assert Scenario.read(io.StringIO(HEADER)).name == "scenario"


def test_text_that_looks_like_a_formula_is_neutralised_and_comes_back():
    for text in ("=1+1", "+x", "-x", "@SUM(A1)", "'=x", "''@", "'plain", "＝x", 'it\'s, "so"'):
        changed = DEFAULT.with_({"scenario.note": text})
        for file in (changed.to_csv(), changed.changes_csv()):
            cells = [cell for row in csv.reader(io.StringIO(file)) for cell in row]
            assert not [cell for cell in cells if cell[:1] in "=+@＝" and cell]
            assert Scenario.read(file.encode()) == changed


def test_numbers_are_never_neutralised():
    name = "correlation.platform.cpm.with.platform.daily_users"
    changed = DEFAULT.with_({name: certain(-0.25)})
    assert ",-0.25,," in changed.changes_csv()


def test_the_digest_follows_the_values_and_nothing_else():
    changed = DEFAULT.with_({"platform.cpm": lognormal(5, 9)})
    renamed = DEFAULT.with_({"scenario.name": "other", "scenario.note": "text"})
    assert len(DEFAULT.digest()) == 64
    assert renamed.digest() == DEFAULT.digest() != changed.digest()
    assert renamed != DEFAULT


# --- bad files ----------------------------------------------------------------------------------


def test_a_problem_names_file_row_assumption_value_and_what_is_allowed(tmp_path: Path):
    file = tmp_path / "plan.csv"
    file.write_text(HEADER + "\nplatform.cpm,lognormal,5,,many\nplatform.cpx,,1,,2\n")
    with pytest.raises(ScenarioError) as caught:
        Scenario.read(file)
    number, unknown = caught.value.problems
    assert number.startswith("plan.csv, row 3, platform.cpm: high 'many': a number such as")
    assert unknown == "plan.csv, row 4, platform.cpx: unknown name; nearest known: platform.cpm"


@pytest.mark.parametrize(
    "cell", ["", "nan", "inf", "-inf", "1e999", "5%", "5 %", "1_000", "٣", "0x10", "5h", "€5"]
)
def test_what_is_no_number_of_the_unit_is_refused(cell: str):
    (found,) = problems(f'platform.cpm,,"{cell}",,9\n')
    assert found.startswith("scenario.csv, row 2, platform.cpm: low ")
    assert any(word in found for word in ("number", "computer", "USD"))


@pytest.mark.parametrize("cell", ["5", "5.", "+5", "5e0", " 5 ", "0.5E1", "05"])
def test_what_is_a_plain_number_is_read(cell: str):
    assert read(f"platform.cpm,,{cell},,9\n").belief("platform.cpm").low == 5.0


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "empty"),
        (b" \r\n \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"one,two\n", "missing columns name, shape, low, mid, high"),
        (HEADER.encode() + b"platform.cpm\0,,5,,9", "line 2: NUL"),
        (b"name,shape,low,high\nplatform.cpm,,5,9", "missing column mid"),
        (b"name,shape,low,mid,high,low\n", "column low appears twice"),
        (HEADER.encode() + b'"platform.cpm,,5,,9\n', "never closed"),
        (HEADER.encode() + b'"platform.cpm"x,,5,,9\n', "closing quote"),
        (HEADER.encode() + b"x" * 200_000, "more than 131,072 characters"),
        (HEADER.encode() + b"platform.cpm,,1,000,,9\n", "6 cells under 5 columns"),
        (HEADER.encode() + b"\n" * 5001, "at most 5,000"),
        (HEADER.encode() + b"x" * 5_000_000, "larger than 5 MB"),
        (HEADER.encode() + b",lognormal,5,,9\n", "the name is empty"),
        ((HEADER + "scenario.name,a\uffffb,,,\n").encode(), "row 2, column shape: U+FFFF"),
    ],
)
def test_a_bad_file_gets_one_clear_line(raw: bytes, word: str):
    with pytest.raises(ScenarioError) as caught:
        Scenario.read(raw)
    (found,) = caught.value.problems
    assert word in found
    assert found.startswith("scenario.csv")
    assert len(found) < 300


def test_a_file_that_cannot_be_opened_gets_one_clear_line(tmp_path: Path):
    for path in (tmp_path / "none.csv", tmp_path, "a\0b", ""):
        with pytest.raises(ScenarioError, match="cannot be read") as caught:
            Scenario.read(path)
        assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (HEADER.encode() + b"x" * 50_000_000, "larger than 5 MB"),
        (HEADER.encode() + b"platform.cpm,,5,,9\n" * 1_000_000, "larger than 5 MB"),
        (HEADER.encode() + b"\r" * 4_900_000, "at most 5,000"),
        (HEADER.encode() + b",".join([b"x"] * 1_000_000), "1,000,000 cells"),
        (b"name,shape,low,mid,high" + b",c" * 1_000_000 + b"\nnone,,1,,2\n", "1,000,005 cells"),
        (HEADER.encode() + b"platform.cpm,," + b"9" * 120_000 + b",,9\n", "a cell of 120,000"),
    ],
    ids=["50 MB", "a million rows", "line ends", "a wide row", "a wide header", "many digits"],
)
def test_a_huge_file_gets_one_clear_line(raw: bytes, word: str):
    for source in (raw, io.BytesIO(raw)):
        with pytest.raises(ScenarioError) as caught:
            Scenario.read(source)
        (found,) = caught.value.problems
        assert word in found
        assert len(found) < 300


def test_more_remedies_than_can_be_checked_in_time_are_one_line():
    """Each belief is fitted when it is read; thousands would keep everybody waiting."""
    header = "name,shape,low,mid,high,label\n"
    changes = "".join(
        f"remedies.own_{k // 90}.change.{k % 90 + 1},set normal,0.06,,{0.9 + k * 1e-6},"
        "resilience.failover_success\n"
        for k in range(2_000)
    )
    remedies = "".join(f"remedies.own_{k}.upfront,normal,0.06,,0.9,\n" for k in range(2_000))
    for rows, word in ((changes, "at most 200"), (remedies, "at most 40")):
        found = problems(rows, header)
        assert all(line.startswith("scenario.csv: remedies: ") for line in found)
        assert word in found[-1]
        assert len(found) <= 2


def test_duplicates_are_errors_and_name_both_rows():
    (found,) = problems("platform.cpm,,5,,9\n\nplatform.cpm,,5,,9\n")
    assert found == "scenario.csv, row 4, platform.cpm: also in row 2: once only"


def test_the_same_pair_in_either_order_is_a_duplicate():
    a, b = "platform.cpm", "platform.daily_users"
    (found,) = problems(f"correlation.{a}.with.{b},,0.2,,0.2\ncorrelation.{b}.with.{a},,0.2,,0.2\n")
    assert ", row 3, " in found
    assert "also in row 2" in found


def test_a_quoted_line_break_counts_as_one_row():
    header = "name,shape,low,mid,high,label\n"
    (found,) = problems('platform.cpm,,5,,9,"two\nlines"\nplatform.cpx,,1,,2,\n', header)
    assert ", row 3, " in found


def test_word_rows_have_no_numbers_and_empirical_ones_neither():
    found = problems(
        "incidents.capacity.timing,load,1,,\n"
        "incidents.capacity.duration,empirical:durations_oci_ashburn.csv,1,,2\n"
    )
    assert len(found) == 3
    assert all("left empty" in line for line in found)


def test_a_wrong_number_in_a_new_cause_is_the_only_problem_told():
    rows = "".join(
        f"{name},{b.shape},{'x' if name.endswith('duration') else b.low},,{b.high}\n"
        for name, b in new_cause().items()
    )
    (found,) = problems(rows)
    assert "incidents.dns.duration: low 'x': a number" in found


def test_very_long_and_odd_names_stay_on_one_short_line():
    (found,) = problems('"' + "x\ny" * 1000 + '",,1,,2\n')
    assert len(found) < 200
    (found,) = problems("correlation." + ".with." * 10_000 + ",,1,,1\n")
    assert len(found) < 200


def test_many_unknown_names_are_all_reported():
    assert len(problems("".join(f"nonsense.name_{i},,1,,2\n" for i in range(4_000)))) == 4_000


# --- properties ---------------------------------------------------------------------------------


def number(name: str) -> Assumption:
    item = declared(name)
    assert isinstance(item, Assumption)
    return item


QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)
BELIEF_NAMES = [name for name in DEFAULT.names() if isinstance(declared(name), Assumption)]
WORLD_NAMES = [name for name in BELIEF_NAMES if number(name).per == "world"]
SHAPES = ["", "normal", "lognormal", "logitnormal", "uniform", "gamma", "pert"]


@st.composite
def beliefs(draw: st.DrawFn, item: Assumption) -> Belief:
    """Return a legal belief about an assumption, often odd but always within its bounds."""
    inside = st.floats(item.lower, item.upper, exclude_min=item.lower_open, width=64)
    usual = st.floats(*item.typical)
    low, mid, high = sorted(draw(st.tuples(*[inside | usual] * 3)))
    if item.per == "fixed" or draw(st.booleans()):
        return Belief(item.default.shape, low, low)
    shape = draw(st.sampled_from(SHAPES))
    problem, belief = judged(item, Belief(shape, low, high, mid if shape == "pert" else None))
    assume(problem is None)
    return belief


@st.composite
def remedy_rows(draw: st.DrawFn) -> dict[str, Belief | Change]:
    kind, path, item = draw(
        st.sampled_from([("set", name, number(name)) for name in WORLD_NAMES])
        | st.sampled_from([("scale", name, FACTOR) for name in WORLD_NAMES])
        | st.just(("scale", "incidents.*.duration", FACTOR))
    )
    return {
        "remedies.own_idea.change.1": Change(kind, path, draw(beliefs(item))),
        "remedies.warm_standby.on": certain(draw(st.sampled_from([0, 1]))),
    }


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    names = draw(st.lists(st.sampled_from(BELIEF_NAMES), max_size=6, unique=True))
    changes: dict[str, Belief | str | Change] = {n: draw(beliefs(number(n))) for n in names}
    for cause in draw(st.lists(st.from_regex(r"[a-z0-9_]{1,40}", fullmatch=True), max_size=2)):
        changes |= new_cause(cause)
        changes[f"incidents.{cause}.timing"] = draw(st.sampled_from(["flat", "load"]))
    pair = draw(st.lists(st.sampled_from(WORLD_NAMES), min_size=2, max_size=2, unique=True))
    changes[f"correlation.{pair[0]}.with.{pair[1]}"] = certain(draw(st.floats(-1, 1)))
    changes |= draw(st.just({}) | remedy_rows())
    plain = st.characters(exclude_categories=["Cc", "Cs"]).filter(is_plain)
    text = st.text(plain, max_size=100)
    changes["scenario.note"] = draw(text)
    changes["scenario.name"] = "n" + draw(text)
    return DEFAULT.with_(changes)


@QUICK
@given(scenarios())
def test_any_scenario_survives_its_file(scenario: Scenario):
    for text in (scenario.to_csv(), scenario.changes_csv()):
        back = Scenario.read(scenario_csv.encoded(text))
        assert back == scenario
        assert repr(back.changes) == repr(scenario.changes)
        assert back.digest() == scenario.digest()
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def problems_of(raw: bytes) -> tuple[str, ...]:
    """Return the problems of a file; a file without any must survive its own export."""
    try:
        scenario = Scenario.read(raw)
    except ScenarioError as error:
        return error.problems or ("no problem told",)
    assert Scenario.read(scenario.to_csv().encode()) == scenario
    return ()


def read_or_refuse(raw: bytes) -> None:
    for line in problems_of(raw):
        assert line.startswith("scenario.csv")
        assert len(line.splitlines()) == 1


@QUICK
@given(st.binary(max_size=400), st.booleans())
def test_random_bytes_never_raise_anything_else(raw: bytes, headed: bool):
    read_or_refuse(HEADER.encode() * headed + raw)


WHOLE = scenario_csv.encoded(DEFAULT.to_csv())
SIGNS = st.sampled_from(list(b",';\"\n\r\0\t=+-@.019eE\xff\xfe "))


@QUICK
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), SIGNS, st.booleans()), max_size=5))
def test_a_damaged_export_never_raises_anything_else(edits: list[tuple[int, int, bool]]):
    raw = bytearray(WHOLE)
    for at, sign, put in edits:
        raw[at : at + (not put)] = bytes([sign])
    read_or_refuse(bytes(raw))


@QUICK
@given(
    st.lists(st.lists(st.text(max_size=8), max_size=7), max_size=5),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8-sig", "utf-16", "utf-32", "latin-1"]),
)
def test_other_delimiters_and_encodings_never_raise_anything_else(rows, delimiter, encoding):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([scenario_csv.COLUMNS, *rows])
    read_or_refuse(out.getvalue().encode(encoding, "ignore"))


CELLS = st.one_of(
    st.sampled_from(["", "0", "1", "0.5", "-1", "1e308", "5e-324", "nan", "1e999", "flat", "'=1"]),
    st.sampled_from([*SHAPES, "weibull", "loglogistic", "empirical:x", "empirical:price.csv"]),
    st.floats(allow_nan=True).map(repr),
    st.text(max_size=8),
)
ROW_NAMES = st.one_of(
    st.sampled_from([*DEFAULT.names(), *library_rows(), *new_cause()]),
    st.sampled_from(["scenario.name", "scenario.note", "correlation.a.with.b", "incidents.*.x"]),
    st.text(max_size=20),
)


@QUICK
@given(st.lists(st.tuples(ROW_NAMES, CELLS, CELLS, CELLS, CELLS, CELLS), max_size=12))
def test_random_tables_never_raise_anything_else(rows: list[tuple[str, ...]]):
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["name", "shape", "low", "mid", "high", "label"])
    writer.writerows(rows)
    read_or_refuse(out.getvalue().encode("utf-8", "ignore"))


@settings(QUICK, max_examples=150)
@given(st.sampled_from(BELIEF_NAMES), st.data())
def test_random_intervals_are_accepted_or_refused_by_name(name: str, pick: st.DataObject):
    item = number(name)
    anything = st.floats() | st.floats(item.lower, item.upper)
    low, high = pick.draw(anything), pick.draw(anything)
    shape = pick.draw(st.sampled_from([*SHAPES, "weibull", "loglogistic"]))
    mid = pick.draw(anything) if shape == "pert" else None
    try:
        belief = DEFAULT.with_({name: Belief(shape, low, high, mid)}).belief(name)
    except ScenarioError as error:
        told = [line.startswith(f"{titled(name)}: ") for line in error.problems]
    else:
        told = [item.lower <= belief.low <= belief.high <= item.upper]
    assert told == [True]
