"""The report as a PowerPoint deck with native charts and tables, notes and a source per slide.

The same story gives the same bytes.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.oxml.ns import qn
from pptx.util import Pt

from model.present.deck import FILE, charts, tables
from model.present.deck.pptx_file import same_bytes
from model.present.deck.theme import (
    FIRST,
    SECOND,
    SOURCE,
    TEXT,
    TOPIC,
    Box,
    box_of,
    template,
    title_of,
)
from model.present.story import slide_assumptions, slides
from model.present.story.elements import Section, Story
from model.present.words import text_width
from model.present.words.spoken.subject import speaking_of

_TITLE_PT = (28, 26, 24, 22, 20, 18)
_OPENING_PT = (44, 40, 36, 32, *_TITLE_PT)
_TEXT_PT = (18, 17, 16, 15, 14, 13, 12)
_ANSWER_PT = (24, 22, 20, *_TEXT_PT)
_FOOT_PT = 10.5
_GAP = 0.5


def deck(told: Story, file: str = FILE) -> bytes:
    """Return the deck as the bytes of a .pptx file; `file` is the name in its own command."""
    with speaking_of(told.subject):
        return _deck(told, file)


def _deck(told: Story, file: str) -> bytes:
    made = template()
    command = slides.command(told.facts, file)
    _opening(made, told, command)
    for section in told.sections:
        if section.key == "method":
            section = slide_assumptions.for_a_slide(section)
        for layout, part in _slides(section):
            _slide(made, layout, part, told)
    _properties(made, told, command)
    buffer = io.BytesIO()
    made.save(buffer)
    return same_bytes(buffer.getvalue(), _moment(told.facts.date))


def _slides(section: Section) -> list[tuple[str, Section]]:
    """Return the slides of a section: layout and what is on it."""
    if section.figures:
        return [("Answer", section)]
    if len(section.charts) > 1:
        return [("Two charts", section)]
    if section.charts and section.tables:
        told = section.table_headline or section.headline
        table = _part(section, headline=told, charts=(), sentences=section.sentences[:2])
        return [("Chart and text", _part(section, tables=())), ("Table", table)]
    if section.charts:
        return [("Chart and text", section)]
    return [("Table below text" if section.tables else "Text", section)]


def _opening(made: Any, told: Story, command: str) -> None:
    """Add the title slide; how to make the deck again is for whoever reads its notes."""
    layout = next(one for one in made.slide_layouts if one.name == "Title")
    slide, facts = made.slides.add_slide(layout), told.facts
    title, lines = slides.title(facts), slides.title_lines(facts)
    _write(slide.shapes.title, [title], title_of("Title"), _OPENING_PT)
    holder = next(shape for shape in slide.placeholders if shape.placeholder_format.idx == TEXT)
    _write(holder, lines, box_of("Title", TEXT), _ANSWER_PT)
    _foot(slide, layout, told)
    again = (f"{slide_assumptions.HASH}: {facts.digest}", f"The same deck again: {command}")
    notes = (title, "", *lines, *filter(None, (facts.note,)), "", *again)
    slide.notes_slide.notes_text_frame.text = "\n".join(notes)


def _part(section: Section, **changes: Any) -> Section:
    return Section(**{**vars(section), **changes})


def _slide(made: Any, layout: str, section: Section, told: Story) -> None:
    chosen = next(one for one in made.slide_layouts if one.name == layout)
    slide = made.slides.add_slide(chosen)
    _write(slide.shapes.title, [section.headline], title_of(layout), _TITLE_PT)
    holders = {shape.placeholder_format.idx: shape for shape in slide.placeholders}
    _write(holders[TOPIC], [section.topic], box_of(layout, TOPIC), (14,))
    for index, chart in zip((FIRST, SECOND), section.charts, strict=False):
        box = box_of(layout, index)
        titled = len(section.charts) > 1
        frame = charts.insert(slide, holders[index], chart, box)
        charts.describe(frame, chart.alt)
        if titled:
            _chart_title(frame.chart, chart.title)
    if section.figures:
        table = holders[FIRST].insert_table(3, len(section.figures))
        tables.fill_figures(table, section.figures, box_of(layout, FIRST))
    elif section.tables:
        shown = section.large or section.tables[0]
        tables.fill_table(holders[FIRST], shown, box_of(layout, FIRST))
    sizes = _ANSWER_PT if section.figures else _TEXT_PT
    _write(holders[TEXT], section.sentences, box_of(layout, TEXT), sizes)
    if section.figures:
        for run in holders[TEXT].text_frame.paragraphs[0].runs:
            run.font.bold = True
    _foot(slide, chosen, told)
    _notes(slide, section)


def _chart_title(drawn: Any, text: str) -> None:
    drawn.has_title = True
    drawn.chart_title.include_in_layout = False
    drawn.chart_title.text_frame.text = text
    font = drawn.chart_title.text_frame.paragraphs[0].runs[0].font
    font.size, font.bold = Pt(16), True
    font.color.theme_color = MSO_THEME_COLOR.TEXT_1


def _write(shape: Any, texts: Sequence[str], box: Box, sizes: Sequence[float]) -> None:
    """Write paragraphs at the largest size that fits; at the smallest they are cut to fit."""
    width, height = 72 * box.width, 72 * box.height
    gap = _GAP if len(texts) > 1 else 0.0
    size = text_width.largest_size(texts, sizes, width_pt=width, height_pt_=height, gap=gap)
    if size is None:
        size = sizes[-1]
        texts = _cut(texts, width, height, size, gap)
    frame = shape.text_frame
    for k, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if k == 0 else frame.add_paragraph()
        paragraph.text = text
        for run in paragraph.runs:
            run.font.size = Pt(size)
        paragraph.space_after = Pt(size * gap)


def _cut(
    texts: Sequence[str], width: float, height: float, size: float, gap: float
) -> Sequence[str]:
    """Return what fits: whole paragraphs, and the last one shortened."""
    kept: list[str] = []
    room = height
    for text in texts:
        lines = int((room / size - gap) / text_width.LINE_HEIGHT)
        if lines < 1:
            break
        kept.append(text_width.fitted(text, width_pt=width, size_pt=size, lines=lines))
        room -= text_width.height_pt(kept[-1:], width_pt=width, size_pt=size, gap=gap)
    return kept


def _foot(slide: Any, layout: Any, told: Story) -> None:
    """Copy source line and slide number from the layout, as PowerPoint does itself."""
    for shape in layout.placeholders:
        kind = shape.element.find(f".//{qn('p:ph')}").get("type")
        if kind not in ("ftr", "sldNum"):
            continue
        element = copy.deepcopy(shape.element)
        properties = element.find(qn("p:spPr"))
        for child in list(properties):
            properties.remove(child)
        slide.shapes._spTree.append(element)
        if kind == "ftr":
            line = text_width.shortened(
                f"Source: {slides.source_line(told.facts)}",
                width_pt=72 * SOURCE.width,
                size_pt=_FOOT_PT,
            )
            slide.shapes[-1].text_frame.text = line
        for run in slide.shapes[-1].text_frame.paragraphs[0].runs:
            run.font.size = Pt(_FOOT_PT)
            run.font.color.theme_color = MSO_THEME_COLOR.TEXT_2
    for number, shape in enumerate(slide.shapes, 2):
        shape._element.find(f".//{qn('p:cNvPr')}").set("id", str(number))


def _notes(slide: Any, section: Section) -> None:
    lines = [section.headline]
    if section.reading and section.charts:
        lines += ["", f"How to read the chart: {section.reading}"]
    if section.question:
        lines += ["", f"If asked “{section.question}”", section.answer]
    lines += ["", *section.sentences]
    slide.notes_slide.notes_text_frame.text = "\n".join(lines)


def _moment(date: str) -> datetime:
    try:
        return datetime.fromisoformat(date).replace(tzinfo=None)
    except ValueError:
        return datetime(2026, 1, 1)


def _properties(made: Any, told: Story, command: str) -> None:
    facts, made_at = told.facts, _moment(told.facts.date)
    core = made.core_properties
    core.title = f"{told.title}: {facts.scenario}"[:255]
    core.author = core.last_modified_by = f"Downstream {facts.version}"
    core.subject = f"Results version {facts.results_version}, scenario {facts.digest[:16]}"
    core.comments = command[:255]
    core.keywords = f"{facts.years} years, seed {facts.seed}"
    core.created = core.modified = made_at
    core.revision = 1
