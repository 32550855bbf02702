"""The deck: native charts and tables, nothing overflows, every slide stands on its own."""

import io
import zipfile

import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER
from pptx.oxml.ns import qn
from pptx.util import Pt
from told import DATE, LONG, material, told

from model.present.deck import theme as deck_theme
from model.present.deck.charts import parts
from model.present.deck.deck import deck
from model.present.html.report import page
from model.present.story.elements import Bar
from model.present.story.slides import command, story
from model.present.words import text_width

KINDS = ("default", "nothing", "article", "long", "nasty", "elsewhere")


def opened(name: str):
    return Presentation(io.BytesIO(deck(told(name))))


def described(shape) -> str:
    return shape._element.find(f".//{qn('p:cNvPr')}").get("descr") or ""


@pytest.fixture(scope="module", params=KINDS)
def case(request):
    return request.param, opened(request.param)


def test_slides_are_wide_and_named_by_their_finding(case):
    name, made = case
    assert made.slide_width / made.slide_height == pytest.approx(16 / 9, rel=1e-3)
    sections = told(name).sections
    headlines = [
        text
        for section in sections
        for text in (section.headline, section.table_headline * bool(section.charts))
        if text
    ]
    assert len(set(headlines)) == len(headlines)
    opening, *findings = [slide.shapes.title.text for slide in made.slides]
    assert opening == f"What outages cost {told(name).facts.platform}"
    assert findings == headlines
    for slide in made.slides:
        assert slide.shapes.title.is_placeholder
        assert slide.shapes.title.placeholder_format.type == PP_PLACEHOLDER.TITLE


def test_every_slide_has_source_number_notes_and_no_empty_placeholder(case):
    name, made = case
    for number, slide in enumerate(made.slides):
        kinds = {shape.placeholder_format.type: shape for shape in slide.placeholders}
        assert kinds[PP_PLACEHOLDER.FOOTER].text.startswith("Source: Downstream")
        assert "seed 3" in kinds[PP_PLACEHOLDER.FOOTER].text
        field = kinds[PP_PLACEHOLDER.SLIDE_NUMBER]._element.find(f".//{qn('a:fld')}")
        assert field.get("type") == "slidenum"
        notes = slide.notes_slide.notes_text_frame.text
        assert slide.shapes.title.text in notes
        assert "If asked" in notes or name == "nothing" or number == 0
        for shape in slide.placeholders:
            assert shape.has_chart or shape.has_table or shape.text.strip()


def test_charts_and_tables_are_native_and_described(case):
    _, made = case
    charts = tables = 0
    for slide in made.slides:
        for shape in slide.shapes:
            assert shape.shape_type != MSO_SHAPE_TYPE.PICTURE
            if shape.has_chart or shape.has_table:
                assert len(described(shape)) > 20
                assert shape.is_placeholder
            if shape.shape_type == MSO_SHAPE_TYPE.LINE:
                assert described(shape)
            if shape.has_chart:
                charts += 1
                # The numbers are in a workbook that PowerPoint opens with "Edit data".
                workbook = shape.chart.part.chart_workbook.xlsx_part.blob
                assert zipfile.ZipFile(io.BytesIO(workbook)).testzip() is None
            tables += shape.has_table
    assert charts == sum(len(section.charts) for section in told(case[0]).sections)
    assert tables >= 3


def chart_of(made, section):
    return next(
        shape.chart
        for slide in made.slides
        if slide.shapes.title.text == section.headline
        for shape in slide.shapes
        if shape.has_chart
    )


def test_chart_data_is_that_of_the_story():
    section = told("default").section("tolerance")
    shown = chart_of(opened("default"), section)
    now = shown.plots[0].series[0]
    assert tuple(now.values) == section.charts[0].lines[0].y
    assert now.name == "Now"


def test_intervals_are_drawn_and_parts_are_paler_than_what_they_add_up_to():
    section = told("default").section("chain")
    bars = section.charts[0].bars
    drawn = chart_of(opened("default"), section)._chartSpace
    plus = drawn.findall(f".//{qn('c:errBars')}/{qn('c:plus')}//{qn('c:v')}")
    assert [float(one.text) for one in plus] == [pytest.approx(bars[-1].high - bars[-1].end)]
    assert len(drawn.findall(f".//{qn('a:alpha')}")) == sum(bar.pale for bar in bars) > 0


def test_table_cells_are_those_of_the_story():
    made, section = opened("default"), told("default").section("options")
    table = next(
        shape.table
        for slide in made.slides
        if slide.shapes.title.text == section.table_headline
        for shape in slide.shapes
        if shape.has_table
    )
    cells = [[cell.text.strip() for cell in row.cells] for row in table.rows]
    told_cells = [list(section.tables[0].head), *map(list, section.tables[0].rows)]
    assert cells == told_cells


def test_nothing_leaves_the_slide_or_its_table(case):
    _, made = case
    for slide in made.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= made.slide_width
            assert shape.top + shape.height <= made.slide_height
            if shape.has_table:
                assert sum(row.height for row in shape.table.rows) <= made.slide_height - shape.top
                assert sum(column.width for column in shape.table.columns) <= shape.width + Pt(1)


def test_text_fits_its_box_at_the_size_it_is_set_in(case):
    _, made = case
    for slide in made.slides:
        for shape in slide.placeholders:
            if shape.has_chart or shape.has_table or not shape.text.strip():
                continue
            size = max(
                (
                    run.font.size.pt
                    for p in shape.text_frame.paragraphs
                    for run in p.runs
                    if run.font.size
                ),
                default=10.0,
            )
            needed = text_width.height_pt(
                [p.text for p in shape.text_frame.paragraphs],
                width_pt=shape.width / Pt(1),
                size_pt=size,
            )
            assert needed <= shape.height / Pt(1) + 1, shape.text


def test_places_of_a_layout_do_not_overlap():
    foot = deck_theme.SOURCE.top
    for name, places in deck_theme.LAYOUTS.items():
        boxes = [deck_theme.title_of(name), *(place.box for place in places)]
        for k, a in enumerate(boxes):
            assert a.top + a.height <= foot
            assert a.left + a.width <= deck_theme.WIDTH_IN
            for b in boxes[k + 1 :]:
                beside = a.left + a.width <= b.left or b.left + b.width <= a.left
                above = a.top + a.height <= b.top + 0.2 or b.top + b.height <= a.top + 0.2
                assert beside or above, (name, a, b)


def test_the_deck_has_our_layouts_and_colours():
    made = opened("default")
    assert [layout.name for layout in made.slide_layouts] == list(deck_theme.LAYOUTS)
    with zipfile.ZipFile(io.BytesIO(deck(told("default")))) as file:
        theme = file.read("ppt/theme/theme1.xml").decode()
    assert all(colour in theme for colour in deck_theme.COLOURS.values())


def test_the_same_story_gives_the_same_bytes():
    assert deck(told("default")) == deck(told("default"))


def test_another_date_is_another_deck():
    other = deck(story(material("default"), date="2027-01-31"))
    assert other != deck(told("default"))
    assert Presentation(io.BytesIO(other)).core_properties.modified.year == 2027


def test_the_deck_says_how_to_make_it_again():
    made = opened("default")
    core = made.core_properties
    assert core.created.date().isoformat() == DATE
    assert core.comments == command(told("default").facts, "outages.pptx")
    opening, *_, method = made.slides
    notes = opening.notes_slide.notes_text_frame.text
    on_slide = [
        cell.text for shape in method.shapes if shape.has_table for cell in shape.table.iter_cells()
    ]
    for only_for_a_keyboard in (core.comments, told("default").facts.digest):
        assert only_for_a_keyboard in notes
        assert only_for_a_keyboard not in on_slide


@pytest.mark.parametrize("file", ["a\uffffb.pptx", "\x01.pptx", "\ufdd0", "half \ud800.pptx"])
def test_a_name_of_a_file_that_no_slide_can_carry_breaks_neither_deck_nor_page(file: str):
    assert deck(told("default"), file)
    assert page(told("default"), file).encode()


def test_a_long_name_is_cut_where_it_must_be_and_whole_where_there_is_room():
    made = opened("long")
    assert any(
        LONG[:100] in cell.text
        for shape in made.slides[-1].shapes
        if shape.has_table
        for cell in shape.table.iter_cells()
    )
    assert all(
        shape.text.endswith("…")
        for slide in made.slides
        for shape in slide.placeholders
        if shape.placeholder_format.type == PP_PLACEHOLDER.FOOTER
    )


@pytest.mark.parametrize(
    ("start", "end", "stack"),
    [
        (0.0, 5.0, (0.0, 5.0, 0.0)),
        (0.0, -5.0, (0.0, -5.0, 0.0)),
        (-2.0, -5.0, (-2.0, -3.0, 0.0)),
        (-2.0, 5.0, (0.0, 5.0, -2.0)),
    ],
)
def test_bars_are_stacked_from_the_end_nearer_to_zero(start, end, stack):
    assert parts(Bar("", start, end, "")) == stack


@pytest.mark.parametrize(
    "text", ["", "word", "Donaudampfschifffahrtsgesellschaft " * 9, "漢字" * 99]
)
def test_cut_text_fits(text):
    cut = text_width.fitted(text, width_pt=120.0, size_pt=12.0, lines=2)
    assert text_width.lines_needed(cut, width_pt=120.0, size_pt=12.0) <= 2
    assert cut == text or cut.endswith("…")
