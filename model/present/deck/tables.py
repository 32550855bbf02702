"""Native PowerPoint tables: the headline figures, and tables that shrink until they fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from model.present.deck import charts
from model.present.deck.theme import Box
from model.present.story.elements import Figure, Table
from model.present.words import text_width

_TABLE_PT = (14, 13, 12, 11, 10.5, 10)
_CELL_IN = 0.06


def fill_figures(frame: Any, figures: Sequence[Figure], box: Box) -> None:
    """Lay out the large figures: name, value and note of each in a column."""
    table = _plain(frame)
    said = "; ".join(f"{f.label}: {f.value} ({f.note})" for f in figures)
    charts.describe(frame, f"Figures. {said}")
    width = box.width / len(figures)
    rows = ((16, False, "TEXT_2", 0.42), (40, True, "ACCENT_1", 0.8), (16, False, "TEXT_1", 0.6))
    for k, (size, bold, colour, height) in enumerate(rows):
        table.rows[k].height = Inches(height)
        texts = [(f.label, f.value, f.note)[k] for f in figures]
        room = 72 * (width - 2 * _CELL_IN)
        sizes = [size - step for step in range(0, 22, 2) if size - step >= 12]
        lines = 2 if k == 2 else 1
        fits = [
            s
            for s in sizes
            if all(text_width.lines_needed(t, width_pt=room, size_pt=s) <= lines for t in texts)
        ]
        chosen = fits[0] if fits else sizes[-1]
        for column, text in enumerate(texts):
            text = text_width.fitted(text, width_pt=room, size_pt=chosen, lines=lines)
            cell = table.cell(k, column)
            _cell(cell, text, chosen, PP_ALIGN.LEFT, bold=bold)
            cell.vertical_anchor = MSO_ANCHOR.TOP
            cell.text_frame.paragraphs[0].runs[0].font.color.theme_color = getattr(
                MSO_THEME_COLOR, colour
            )


def _plain(frame: Any) -> Any:
    """Return the table of a frame without the colours of its style."""
    table = frame.table
    properties = table._tbl.tblPr
    for name in ("bandRow", "firstRow"):
        properties.set(name, "0")
    style = properties.find(qn("a:tableStyleId"))
    if style is not None:
        style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # "No Style, No Grid"
    return table


def fill_table(holder: Any, told: Table, box: Box) -> None:
    """Put a table into its placeholder at the largest type at which all of it fits."""
    headed = any(told.head)
    rows = ([told.head] if headed else []) + list(told.rows)
    frame = holder.insert_table(len(rows), len(told.head))
    columns = ", ".join(name for name in told.head if name) or "name and value"
    charts.describe(frame, f"Table: {told.title}. {len(told.rows)} rows; columns: {columns}.")
    table = _plain(frame)
    if headed:
        table._tbl.tblPr.set("firstRow", "1")
    widths = [box.width * share / sum(told.widths) for share in told.widths]
    rows, size = _fit_rows(rows, widths, box.height)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Inches(width)
    height = min(box.height / len(rows), (size * text_width.LINE_HEIGHT + 9) / 72)
    for k, cells in enumerate(rows):
        table.rows[k].height = Inches(height)
        for column, text in enumerate(cells):
            align = PP_ALIGN.LEFT if column < told.left else PP_ALIGN.RIGHT
            cell = table.cell(k, column)
            _cell(cell, text, size, align, bold=headed and k == 0)
            if (k - headed) % 2 == 0 and k >= headed:
                cell.fill.solid()
                cell.fill.fore_color.theme_color = MSO_THEME_COLOR.BACKGROUND_2


def _fit_rows(
    rows: Sequence[Sequence[str]], widths: Sequence[float], height_in: float
) -> tuple[list[tuple[str, ...]], float]:
    """Return the rows and the size of type at which all of them fit, texts cut if they must be."""
    for size in _TABLE_PT:
        needed = sum(_row_pt(row, widths, size) for row in rows)
        if needed <= 72 * height_in:
            return [tuple(row) for row in rows], size
    size = _TABLE_PT[-1]
    lines = max(1, int((72 * height_in / len(rows) - 7) / (size * text_width.LINE_HEIGHT)))
    cut = [
        tuple(
            text_width.fitted(text, width_pt=72 * (w - 2 * _CELL_IN), size_pt=size, lines=lines)
            for text, w in zip(row, widths, strict=True)
        )
        for row in rows
    ]
    return cut, size


def _row_pt(row: Sequence[str], widths: Sequence[float], size: float) -> float:
    lines = max(
        text_width.lines_needed(text, width_pt=72 * (width - 2 * _CELL_IN), size_pt=size)
        for text, width in zip(row, widths, strict=True)
    )
    return lines * size * text_width.LINE_HEIGHT + 7


def _cell(cell: Any, text: str, size: float, align: Any, *, bold: bool = False) -> None:
    cell.margin_left = cell.margin_right = Inches(_CELL_IN)
    cell.margin_top = cell.margin_bottom = Pt(2)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame = cell.text_frame
    frame.word_wrap = True
    frame.text = text or " "
    paragraph = frame.paragraphs[0]
    paragraph.alignment = align
    font = paragraph.runs[0].font
    # A table has no placeholder to take the theme's type from.
    font.name = "+mn-lt"
    font.size, font.bold = Pt(size), bold
    font.color.theme_color = MSO_THEME_COLOR.TEXT_1
