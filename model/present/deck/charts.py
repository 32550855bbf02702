"""Native, editable PowerPoint charts of a story's chart data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.enum.dml import MSO_LINE, MSO_THEME_COLOR
from pptx.enum.shapes import MSO_CONNECTOR
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from model.present.deck import intervals
from model.present.deck.theme import Box
from model.present.story import axis_ticks
from model.present.story.elements import Bar, Bars, Chart, Line, Lines
from model.present.words import text_width

_THEME = {
    "main": MSO_THEME_COLOR.ACCENT_1,
    "harm": MSO_THEME_COLOR.ACCENT_2,
    "good": MSO_THEME_COLOR.ACCENT_3,
    "third": MSO_THEME_COLOR.ACCENT_4,
    "soft": MSO_THEME_COLOR.TEXT_2,
}
# python-pptx carries no types for these.
_new_xy: Callable[[], Any] = XyChartData
_new_categories: Callable[[], Any] = CategoryChartData
_LABEL_PT = 13
_MARK_PT = 13
# Where the axes stand inside the chart, as shares of its width and height.
_PLOT_TOP, _PLOT_BOTTOM, _PLOT_RIGHT = 0.06, 0.82, 0.985
_LONGEST_LABEL = 0.40
_FEW = 5
_SHADE, _PALE = -0.08, 50_000


def insert(slide: Any, placeholder: Any, chart: Chart, box: Box) -> Any:
    """Put a chart into its placeholder and return its graphic frame."""
    if isinstance(chart, Lines):
        frame = placeholder.insert_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, _xy(chart))
        _finish_lines(frame.chart, chart)
        return frame
    frame = placeholder.insert_chart(XL_CHART_TYPE.BAR_STACKED, _stacks(chart, box))
    _finish_bars(slide, frame.chart, chart, box)
    return frame


def _curves(chart: Lines) -> Sequence[Line]:
    """Return the curves, and the marked value as an upright one."""
    if chart.mark is None:
        return chart.lines
    top = max(max(line.y) for line in chart.lines)
    mark = Line(chart.mark.label, (chart.mark.at, chart.mark.at), (0.0, top), "harm", dashed=True)
    return (*chart.lines, mark)


def _xy(chart: Lines) -> Any:
    data = _new_xy()
    for line in _curves(chart):
        series = data.add_series(line.name)
        for x, y in zip(line.x, line.y, strict=True):
            series.add_data_point(x, y)
    return data


def _finish_lines(drawn: Any, chart: Lines) -> None:
    curves = _curves(chart)
    for series, line in zip(drawn.plots[0].series, curves, strict=True):
        series.smooth = False
        series.format.line.width = Pt(2.0 if line.dashed else 3.0)
        series.format.line.color.theme_color = _THEME[line.colour]
        if line.dashed:
            series.format.line.dash_style = MSO_LINE.DASH
    drawn.has_title = False
    drawn.has_legend = True
    drawn.legend.position = XL_LEGEND_POSITION.TOP
    drawn.legend.include_in_layout = False
    drawn.legend.font.size = Pt(14)
    across, up = axis_ticks.line_ranges(chart)
    _axis(drawn.category_axis, axis_ticks.ticks(*across, chart.x_unit), chart.x_unit, chart.x_title)
    _axis(drawn.value_axis, axis_ticks.ticks(*up, chart.y_unit), chart.y_unit, chart.y_title)
    _cross_at_corner(drawn)


def _cross_at_corner(drawn: Any) -> None:
    """Keep the axes at the left and the bottom where one of them goes below zero."""
    for axis in drawn._chartSpace.findall(f".//{qn('c:valAx')}"):
        crosses = axis.find(qn("c:crosses"))
        if crosses is not None:
            crosses.set("val", "min")


def _axis(axis: Any, ticks: list[axis_ticks.Tick], unit: str, title: str) -> None:
    axis.minimum_scale, axis.maximum_scale = ticks[0].at, ticks[-1].at
    size = ticks[1].at - ticks[0].at
    axis.major_unit = size
    axis.has_major_gridlines = True
    _pale(axis.major_gridlines.format.line)
    _pale(axis.format.line)
    axis.tick_labels.font.size = Pt(_LABEL_PT)
    axis.tick_labels.font.color.theme_color = MSO_THEME_COLOR.TEXT_2
    axis.tick_labels.number_format = axis_ticks.number_format(size, ticks[-1].at, unit)
    axis.tick_labels.number_format_is_linked = False
    axis.has_title = True
    axis.axis_title.text_frame.text = title
    font = axis.axis_title.text_frame.paragraphs[0].runs[0].font
    font.size, font.bold = Pt(_LABEL_PT), False
    font.color.theme_color = MSO_THEME_COLOR.TEXT_2


def _pale(line: Any) -> None:
    line.color.theme_color = MSO_THEME_COLOR.BACKGROUND_2
    line.color.brightness = _SHADE


def parts(bar: Bar) -> tuple[float, float, float]:
    """Return what stands below a bar, the bar itself, and its part on the other side of zero.

    >>> parts(Bar("", 2.0, 5.0, "")), parts(Bar("", 5.0, 2.0, "")), parts(Bar("", -1.0, 3.0, ""))
    ((2.0, 3.0, 0.0), (2.0, 3.0, 0.0), (0.0, 3.0, -1.0))
    """
    low, high = sorted((bar.start, bar.end))
    if low < 0 < high:
        return 0.0, high, low
    near, far = (low, high) if low >= 0 else (high, low)
    return near, far - near, 0.0


def _stacks(chart: Bars, box: Box) -> Any:
    """Return the bars from the bottom up: an unseen foot, the bar, and what lies below zero."""
    data = _new_categories()
    bars = chart.bars[::-1]
    data.categories = [bar.label for bar in bars]
    stacks = [parts(bar) for bar in bars]
    data.add_series("Starts at", [stack[0] for stack in stacks])
    data.add_series(chart.title, [stack[1] for stack in stacks])
    if any(stack[2] for stack in stacks):
        data.add_series("Below zero", [stack[2] for stack in stacks])
    data.add_series("Gap", [_gap(chart, bar, box) for bar in bars])
    # An unseen bar carries the text: a stacked bar cannot have it beyond its end.
    data.add_series("Text", [_room(chart)] * len(bars))
    return data


def _gap(chart: Bars, bar: Bar, box: Box) -> float:
    """Return how far the text of a bar must move so that no interval and no mark is under it."""
    low, high = axis_ticks.bar_range(chart)
    end = max(bar.end, 0.0)
    interval = intervals.seen(chart, bar)
    # So near that the line reads as its minus, no text may stand.
    tip = max(end, interval[1] + intervals.CLEAR * (high - low)) if interval else end
    if chart.mark is None or bar.before:
        return tip - end
    width_pt = 72 * box.width * (_PLOT_RIGHT - _gutter(chart, box))
    reach = (text_width.width_em(bar.text) * _LABEL_PT + 12) / width_pt * (high - low) * 1.3
    return (chart.mark.at if tip <= chart.mark.at < tip + reach else tip) - end


def _room(chart: Bars) -> float:
    low, high = axis_ticks.bar_range(chart)
    return 0.2 * (high - low)


def _finish_bars(slide: Any, drawn: Any, chart: Bars, box: Box) -> None:
    drawn.has_title = drawn.has_legend = False
    plot = drawn.plots[0]
    plot.gap_width, plot.overlap = 45 if len(chart.bars) > _FEW else 90, 100
    foot, body, *below, gap, text = plot.series
    for series in (foot, gap, text):
        series.format.fill.background()
        series.format.line.fill.background()
    bars = chart.bars[::-1]
    for k, bar in enumerate(bars):
        for series in (body, *below):
            fill = series.points[k].format.fill
            fill.solid()
            fill.fore_color.theme_color = _THEME[bar.colour]
            if bar.pale:
                _see_through(fill)
        _label(text.points[k], bar.text, XL_LABEL_POSITION.INSIDE_BASE)
        if bar.before:
            _label(foot.points[k], bar.before, XL_LABEL_POSITION.INSIDE_END)
    intervals.draw(body, chart)
    low, high = axis_ticks.bar_range(chart)
    left_text = [bar.before for bar in chart.bars]
    if axis_ticks.floating(chart):
        low = max(low - _needed(chart, box, left_text), 0.0 if low >= 0 else -float("inf"))
    right_text = [bar.text for bar in chart.bars]
    ticks = axis_ticks.ticks(low, high + _needed(chart, box, right_text), chart.unit, 7)
    _axis(drawn.value_axis, ticks, chart.unit, chart.x_title)
    axis = drawn.category_axis
    axis.tick_labels.font.size = Pt(_LABEL_PT)
    _pale(axis.format.line)
    axis.has_major_gridlines = False
    _low_labels(axis)
    left = _gutter(chart, box)
    _fix_plot(drawn, left)
    if chart.mark:
        _mark(slide, chart, box, left, ticks)


def _see_through(fill: Any) -> None:
    """Make a fill as pale as half of it: a theme colour made lighter becomes a glaring one."""
    colour = fill._xPr.find(f".//{qn('a:schemeClr')}")
    colour.append(parse_xml(f'<a:alpha {nsdecls("a")} val="{_PALE}"/>'))


def _needed(chart: Bars, box: Box, texts: Sequence[str]) -> float:
    """Return how much axis the longest text needs beyond the bars, in its units."""
    low, high = axis_ticks.bar_range(chart)
    width_pt = 72 * box.width * (_PLOT_RIGHT - _gutter(chart, box))
    text_pt = max(map(text_width.width_em, texts)) * _LABEL_PT + 12
    share = min(text_pt / width_pt, 0.4)
    return (high - low) * share / (1.0 - share)


def _gutter(chart: Bars, box: Box) -> float:
    """Return the share of the width that the labels on the left take."""
    widest = max(text_width.width_em(bar.label) for bar in chart.bars) * _LABEL_PT + 16
    return min(max(widest / (72 * box.width), 0.12), _LONGEST_LABEL)


def _label(point: Any, text: str, position: Any) -> None:
    frame = point.data_label.text_frame
    frame.text = text
    frame.word_wrap = False
    font = frame.paragraphs[0].runs[0].font
    font.size = Pt(_LABEL_PT)
    font.color.theme_color = MSO_THEME_COLOR.TEXT_1
    point.data_label.position = position


def _low_labels(axis: Any) -> None:
    """Keep the names of the bars at the left where bars go below zero."""
    position = axis._element.find(qn("c:tickLblPos"))
    if position is not None:
        position.set("val", "low")


def _fix_plot(drawn: Any, left: float) -> None:
    """Place the axes exactly, so that a mark can stand at its value."""
    area = drawn._chartSpace.find(f".//{qn('c:plotArea')}")
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    inner = (
        ("layoutTarget", "inner"),
        ("xMode", "edge"),
        ("yMode", "edge"),
        ("x", left),
        ("y", _PLOT_TOP),
        ("w", _PLOT_RIGHT - left),
        ("h", _PLOT_BOTTOM - _PLOT_TOP),
    )
    values = "".join(f'<c:{name} val="{value}"/>' for name, value in inner)
    manual = f"<c:manualLayout>{values}</c:manualLayout>"
    area.insert(0, parse_xml(f"<c:layout {nsdecls('c')}>{manual}</c:layout>"))


def _mark(slide: Any, chart: Bars, box: Box, left: float, ticks: list[axis_ticks.Tick]) -> None:
    """Draw an upright line at the marked value, with its label above the plot."""
    assert chart.mark is not None
    low, high = ticks[0].at, ticks[-1].at
    share = left + (_PLOT_RIGHT - left) * (chart.mark.at - low) / (high - low)
    x = box.left + box.width * share
    top, bottom = box.top + box.height * _PLOT_TOP, box.top + box.height * _PLOT_BOTTOM
    line = slide.shapes.add_connector(
        MSO_CONNECTOR.STRAIGHT, Inches(x), Inches(top), Inches(x), Inches(bottom)
    )
    line.name = "Mark"
    line.line.width = Pt(1.75)
    line.line.dash_style = MSO_LINE.DASH
    line.line.color.theme_color = _THEME["harm"]
    describe(line, f"Upright line at {chart.mark.label}")
    width = text_width.width_em(chart.mark.label) * _MARK_PT / 72 + 0.1
    start = min(max(x - width / 2, box.left), box.left + box.width - width)
    label = slide.shapes.add_textbox(Inches(start), Inches(top - 0.3), Inches(width), Inches(0.28))
    label.name = "Mark label"
    frame = label.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.word_wrap = False
    frame.text = chart.mark.label
    font = frame.paragraphs[0].runs[0].font
    font.size, font.bold = Pt(_MARK_PT), True
    font.color.theme_color = _THEME["harm"]


def describe(shape: Any, text: str) -> None:
    """Give a shape its text for those who cannot see it."""
    shape._element.find(f".//{qn('p:cNvPr')}").set("descr", text)
