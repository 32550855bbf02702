"""The HTML report: alone, safe, readable on phone and paper, with the figures of all else."""

import csv
import io
import itertools
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pptx import Presentation
from told import DATE, SCENARIOS, material, told
from visiting.visitor import comes_to

from model.__main__ import main
from model.present.deck.deck import deck
from model.present.files import bundle
from model.present.html import svg_charts, svg_parts
from model.present.html.report import page, scenario_from_html
from model.present.story.elements import Bar, Bars, Line, Lines, Mark
from model.present.story.slides import command
from model.present.words import estimates, text_width
from model.scenario.validation import ScenarioError

KINDS = ("default", "nothing", "article", "nasty")
VOID = {"meta", "br", "link", "img", "line", "rect", "polyline"}


class Reader(HTMLParser):
    """Keeps the elements, their text, and whether each is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(scope="module", params=KINDS)
def case(request):
    text = page(told(request.param))
    return request.param, text, read(text)


def test_nothing_is_fetched_and_nothing_runs(case):
    _, text, reader = case
    links = {a.get("href", "") for a in reader.all("a")}
    assert all(link.startswith("data:text/csv") for link in links)
    assert not reader.all("link")
    assert not reader.all("img")
    assert [s["type"] for s in reader.all("script")] == ["text/csv;base64"]
    assert "@import" not in text
    assert "url(" not in text
    attributes = {(key, value or "") for _, a in reader.elements for key, value in a.items()}
    assert not any(v.startswith(("http", "//")) and k != "xmlns" for k, v in attributes)
    assert not any(name.startswith("on") for _, a in reader.elements for name in a)


def test_a_name_cannot_smuggle_in_markup():
    text = page(told("nasty"))
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(" in text
    assert len(read(text).all("script")) == 1


def test_every_chart_has_its_words_and_its_numbers(case):
    name, _, reader = case
    charts = sum(len(section.charts) for section in told(name).sections)
    pictures = reader.all("svg")
    assert len(pictures) == 2 * charts  # one for wide screens, one for phones
    named = {a["id"] for tag, a in reader.elements if tag in ("title", "desc") and "id" in a}
    for picture in pictures:
        assert picture["role"] == "img"
        assert set(picture["aria-labelledby"].split()) <= named
    ids = [a["id"] for _, a in reader.elements if a.get("id")]
    assert len(ids) == len(set(ids))
    for section in told(name).sections:
        assert not section.charts or section.data or section.tables


def test_headings_go_down_by_one(case):
    _, _, reader = case
    levels = [int(tag[1]) for tag, _ in reader.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert set(levels) == {1, 2}


def test_everything_the_story_says_is_in_it(case):
    name, _, reader = case
    text = "".join(reader.text)
    for section in told(name).sections:
        for said in (section.headline, *section.sentences, section.reading * bool(section.charts)):
            assert said in text
        for table in (*section.tables, *section.data):
            assert all(cell in text for row in table.rows for cell in row)
    assert command(told(name).facts, "outages.html") in text


def test_the_scenario_comes_back_exactly(case):
    name, text, _ = case
    scenario = scenario_from_html(text)
    original = SCENARIOS[name]()
    assert scenario.digest() == original.digest()
    assert scenario.changes == original.changes
    assert scenario.name == original.name
    assert scenario.note == original.note


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<p>no report</p>",
        '<script type="text/csv;base64" id="downstream-scenario">////</script>',
        '<script type="text/csv;base64" id="downstream-scenario">bmFtZQ</script>',
    ],
)
def test_a_file_that_is_no_report_is_an_error(text):
    with pytest.raises(ScenarioError):
        scenario_from_html(text)


def test_the_same_story_gives_the_same_text():
    assert page(told("default")) == page(told("default"))


def test_it_prints_on_paper_of_any_size_and_knows_the_dark():
    text = page(told("default"))
    assert "@page{margin:14mm" in text
    assert "@media print" in text
    assert "prefers-color-scheme:dark" in text
    assert "size:" not in re.search(r"@page\{[^}]*\}", text).group(0)


def test_page_deck_and_csv_show_the_same_figures():
    found, story = material("default"), told("default")
    files = bundle.of_run(found.result, found.tolerance_usd).files
    table = b"".join(files["summary.csv"]()).decode("utf-8-sig")
    rows = {row["measure"]: row for row in csv.DictReader(io.StringIO(table, newline=""))}

    def shown(measure: str, write) -> str:
        figures = (float(rows[measure][k]) for k in ("value", "standard_error", "low", "high"))
        return write(estimates.Estimate(*figures))

    expected = [
        shown("eal", estimates.money),
        shown("p90", estimates.money),
        shown("p_over_tolerance", estimates.chance),
        shown("p_no_incident", estimates.chance),
    ]
    on_page = re.findall(r"<dd><b>(.*?)</b>", page(story))
    slide = Presentation(io.BytesIO(deck(story))).slides[1]
    grid = next(shape.table for shape in slide.shapes if shape.has_table)
    in_deck = [grid.cell(1, k).text for k in range(4)]
    assert on_page == in_deck == expected == [f.value for f in story.sections[0].figures]


# Drawing


def _curve(top: float) -> Lines:
    line = Line("Now", (0.0, top / 2, top), (0.8, 0.1, 0.0), "main")
    return Lines("T", "A", (line,), "x", "y", "USD", "share", Mark(top / 3, "here"))


def test_names_and_texts_of_bars_touch_nothing_else_on_a_slide():
    """Long names on several lines, and long figures before bars that begin near the axis."""
    names = (
        "Power, cooling and weather: incidents per year",
        "Trust: drop in return after a failure",
    )
    bars = tuple(
        Bar(names[k % 2], 1.0 + k, 9.0, "₹160,000 crore", before="₹100,000 crore") for k in range(7)
    )
    text = svg_charts.svg(Bars("T", "A", bars, "x", "INR"), "c", svg_parts.SLIDE)
    size = float(re.search(r'font-size="([\d.]+)"', text).group(1))
    ends = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*anchor="end"[^>]*>(.*?)<', text)
    lines = sorted(float(y) for _, y, said in ends if "₹" not in said)
    assert min(b - a for a, b in itertools.pairwise(lines)) >= size
    name_ends = max(float(x) for x, _, said in ends if "₹" not in said)
    begins = min(float(x) - text_width.width_em(said) * size for x, _, said in ends if "₹" in said)
    assert begins > name_ends


@pytest.mark.parametrize(
    "frame", [svg_parts.WIDE, svg_parts.NARROW, svg_parts.SLIDE, svg_parts.HALF_SLIDE]
)
@pytest.mark.parametrize("top", [1e-6, 1.0, 5e6, 9e12])
def test_drawings_stay_within_their_frame(top, frame):
    bars = tuple(
        Bar(f"A rather long label number {k}", 0.0, top * k / 5, f"${k}", "main") for k in range(6)
    )
    below = (*bars, Bar("Below", 0.0, -top / 3, "−$1", "harm", -top / 2, -top / 4))
    for chart in (_curve(top), Bars("T", "A", bars, "x", "USD"), Bars("T", "A", below, "x", "USD")):
        text = svg_charts.svg(chart, "c", frame)
        box = [float(x) for x in re.search(r'viewBox="([^"]+)"', text).group(1).split()]
        for x in map(float, re.findall(r'\b(?:x|x1|x2)="(-?[\d.]+)"', text)):
            assert -1 <= x <= box[2] + 1
        for y in map(float, re.findall(r'\b(?:y|y1|y2)="(-?[\d.]+)"', text)):
            assert -1 <= y <= box[3] + 1
        assert "nan" not in text


def test_a_picture_of_its_own_has_colours_instead_of_variables():
    roles = ("ink", "soft", "grid", "main", "harm", "good", "third")
    text = svg_charts.picture(_curve(1.0), dict.fromkeys(roles, "#123456"))
    assert "var(" not in text
    assert "#123456" in text
    # A picture has no page whose font it could take.
    assert "sans-serif" in text.split(">")[0]


def test_a_whisker_has_ends_and_stands_clear_of_its_text():
    bar = Bar("Average year", 0.0, 8.0, "$8M", "harm", 7.0, 9.0)
    text = svg_charts.svg(Bars("T", "A", (bar,), "x", "USD"), "c")
    line = r'<line x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)" stroke="var\(--ink\)"'
    drawn = [tuple(map(float, found)) for found in re.findall(line, text)]
    assert sum(x1 == x2 for x1, _, x2, _ in drawn) == 2
    written = float(re.search(r'x="([\d.]+)"[^>]*>\$8M<', text).group(1))
    assert written - max(x2 for _, _, x2, _ in drawn) > svg_parts.WIDE.sizes[0] / 2


@pytest.mark.parametrize("count", [1, 4, 7])
@pytest.mark.parametrize(
    "name", ["Power, cooling and weather: incidents per year", "Ads", "A " * 30]
)
def test_names_of_bars_are_whole_on_a_slide(name, count):
    bars = tuple(Bar(name.strip(), 0.0, k + 1.0, f"${k}") for k in range(count))
    text = svg_charts.svg(Bars("T", "A", bars, "x", "USD"), "c", svg_parts.SLIDE)
    assert "…" not in text
    shown = " ".join(re.findall(r'text-anchor="end"[^>]*>(.*?)</text>', text))
    assert shown == " ".join([name.strip()] * count)


@pytest.mark.parametrize(
    "frame", [svg_parts.WIDE, svg_parts.NARROW, svg_parts.SLIDE, svg_parts.HALF_SLIDE]
)
@pytest.mark.parametrize("top", [0.0125, 1.1, 12.5e6, 1.2e9, 7.7e9])
def test_labels_of_an_axis_stand_apart(top, frame):
    bars = (Bar("A label of some length", top * 0.9, top, "1.2", before="0.05"),)
    text = svg_charts.svg(Bars("T", "A", bars, "x", "USD"), "c", frame)
    size = float(re.search(r'font-size="([\d.]+)"', text).group(1))
    ticks = re.findall(r'x="([\d.]+)"[^>]*anchor="middle" fill="var\(--soft\)">(.*?)<', text)
    assert ticks
    ends = [
        (float(x) - half, float(x) + half)
        for x, label in ticks
        for half in [text_width.width_em(label) * size / 2]
    ]
    assert all(left > right for (_, right), (left, _) in itertools.pairwise(ends))


def test_labels_are_escaped_in_drawings():
    chart = Bars("<b>", "<i>", (Bar("<u>&", 0.0, 1.0, "<s>"),), "x", "USD")
    text = svg_charts.svg(chart, "c")
    assert not re.search(r"<(b|i|u|s)>", text)


# On the command line


def test_report_writes_both_formats_with_the_same_words(tmp_path, capsys):
    options = ["--remedy", "graceful_degradation", "--years", "400", "--date", DATE]
    for file in ("out.html", "new/out.pptx"):
        assert main(["report", *options, "--out", str(tmp_path / file)]) == 0
        said = capsys.readouterr().out.splitlines()
        assert said[-1] == f"written to {tmp_path / file}"
    text = (tmp_path / "out.html").read_text(encoding="utf-8")
    slide = Presentation(tmp_path / "new" / "out.pptx").slides[1]
    assert slide.shapes.title.text == said[0]
    assert f">{said[0]}</h1>" in text
    made_again = command_of(text)
    assert made_again == (
        "python -m model report scenario.csv --remedy graceful_degradation --years 400 "
        f"--seed 0 --tolerance 25000000 --date {DATE} --out out.html"
    )


def command_of(text: str) -> str:
    return re.search(r"Command</th><td>(.*?)</td>", text).group(1).replace("&#x27;", "'")


def test_the_command_makes_the_same_file_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = ["--remedy", "warm_standby", "--years", "300", "--seed", "5", "--date", DATE]
    assert main(["report", *options, "--out", "first.html"]) == 0
    text = Path("first.html").read_text(encoding="utf-8")
    Path("scenario.csv").write_text(scenario_from_html(text).to_csv(), encoding="utf-8")
    again = command_of(text).split()[3:]
    Path("first.html").unlink()
    assert main(again) == 0
    assert Path("first.html").read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--out", "x.doc"], "format unknown"),
        (["--out", "."], "format unknown"),
        (["--out", ".", "--format", "html"], "a folder of that name is there"),
        (["--out", "/proc/none/x.html"], "cannot be written"),
        (["--out", "x.html", "--remedy", "active_activ"], "nearest known: active_active"),
        (["--out", "x.html", "--date", "2026-02-30"], "allowed is a day like"),
        (["--out", "x.html", "--years", "1e6"], "in digits only"),
        (["--out", ""], "allowed is the name of a file"),
        ([], "--out"),
    ],
)
def test_bad_input_is_one_line_and_status_2(options, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["report", *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert said in err
    assert list(tmp_path.iterdir()) == []


# In a browser


@pytest.mark.parametrize("name", ["default", "nasty"])
def test_it_reads_on_a_phone_without_scrolling_sideways(chromium, tmp_path, name):
    file = tmp_path / "report.html"
    file.write_text(page(told(name)), encoding="utf-8")
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(file.as_uri())
    expect(opened.locator("h1")).to_have_text(told(name).sections[0].headline)
    expect(opened.locator(".narrow svg").first).to_be_visible()
    expect(opened.locator(".wide svg").first).to_be_hidden()
    comes_to(opened, "document.documentElement.scrollWidth <= 360", True)
    wide = "[...document.querySelectorAll('.pair tr')].filter(e => e.clientWidth > 360).length"
    comes_to(opened, wide, 0)
    assert asked == [file.as_uri()]
    context.close()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_prints(chromium, tmp_path, paper):
    file = tmp_path / "report.html"
    file.write_text(page(told("default")), encoding="utf-8")
    opened = chromium.new_page()
    opened.goto(file.as_uri())
    content = opened.pdf(format=paper, print_background=True)
    assert 8 <= len(re.findall(rb"/Type\s*/Page\b", content)) <= 16
    # What is folded away on a screen is on paper too.
    folded = "[...document.querySelectorAll('details td, details p')]"
    seen = f"{folded}.filter(e => e.checkVisibility({{contentVisibilityAuto: true}})).length"
    comes_to(opened, seen, 0)
    every = opened.evaluate(f"{folded}.length")
    assert every > 3 * len(told("default").assumptions.rows)
    opened.emulate_media(media="print")
    # The medium is another at once, the layout for it only when the browser has made it.
    comes_to(opened, "matchMedia('print').matches", True)
    comes_to(opened, seen, every)
    opened.close()
