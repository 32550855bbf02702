"""The report as one HTML file: no network, readable on a phone and on paper, opens in the tool.

>>> scenario_from_html("<p>something else</p>")
Traceback (most recent call last):
model.scenario.validation.ScenarioError: no scenario in this file; a report ... is needed
"""

from __future__ import annotations

import base64
import html
import re

from model.limits import LONGEST_REPORT
from model.present.html import svg_charts, svg_parts
from model.present.story import slide_assumptions, slides
from model.present.story.elements import Chart, Figure, Section, Story, Table
from model.present.words.spoken.subject import speaking_of
from model.scenario.rows import encoded
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError

MIME = "text/html"
FILE = "outages.html"
SCENARIO_ID = "downstream-scenario"
_EMBEDDED = re.compile(
    rf'<script type="text/csv;base64" id="{SCENARIO_ID}">([A-Za-z0-9+/=\s]*)</script>'
)
_FEW_COLUMNS = 3


def page(told: Story, file: str = FILE) -> str:
    """Return the report as the text of a self-contained HTML file.

    `file` is the name in the command that makes it again.
    """
    with speaking_of(told.subject):
        return _page(told, file)


def _page(told: Story, file: str) -> str:
    command = slides.command(told.facts, file)
    sections = [
        slide_assumptions.with_command(section, command) if section.key == "method" else section
        for section in told.sections
    ]
    body = "".join(_section(section) for section in sections)
    title = html.escape(f"{told.title}: {told.facts.scenario}")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; img-src data:\">"
        f'<meta name="generator" content="Downstream {html.escape(told.facts.version)}">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>"
        f'<header><p class="brand">{html.escape(told.title)}</p>'
        f"<p>{_lead(told)}</p></header><main>{body}{_everything(told)}</main>"
        f"<footer><p>{html.escape(slides.source_line(told.facts))}</p>{_scenario_link(told)}</footer>"
        f"{_embedded(told)}</body></html>\n"
    )


def scenario_from_html(text: str) -> Scenario:
    """Return the scenario embedded in a report; ScenarioError if there is none or it is bad."""
    return opened_from_html(text)[0]


def opened_from_html(text: str) -> tuple[Scenario, tuple[str, ...]]:
    """Return the scenario in a report and remarks, as `Scenario.read_with_remarks`."""
    found = _EMBEDDED.search(text[:LONGEST_REPORT])
    if found is None:
        raise ScenarioError(["no scenario in this file; a report written by Downstream is needed"])
    try:
        content = base64.b64decode(found.group(1), validate=False)
    except ValueError:
        raise ScenarioError(["the scenario in this file is damaged"]) from None
    return Scenario.read_with_remarks(content)


def _lead(told: Story) -> str:
    facts = told.facts
    note = f" {html.escape(facts.note)}" if facts.note else ""
    who = f" Asked by {html.escape(facts.asked_by)}." if facts.asked_by else ""
    told_of = f"<strong>{html.escape(facts.scenario)}</strong>, {html.escape(facts.date)}"
    return f"Scenario {told_of}.{who}{note}"


def _section(section: Section) -> str:
    level = "h1" if section.figures else "h2"
    charts = "".join(_chart(section, k, chart) for k, chart in enumerate(section.charts))
    shown = "".join(_table(table) for table in section.tables)
    data = "".join(_table(table) for table in section.data)
    lead = (
        f'<p class="topic">{html.escape(section.topic)}</p>',
        f"<{level}>{html.escape(section.headline)}</{level}>",
        _figures(section.figures) if section.figures else "",
        _sentences(section),
        f'<div class="charts n{len(section.charts)}">{charts}</div>' if charts else "",
        f'<p class="reading">How to read it: {html.escape(section.reading)}</p>' if charts else "",
    )
    parts = [
        f'<div class="finding">{"".join(lead)}</div>',
        shown,
        f"<details><summary>The numbers as a table</summary>{data}</details>" if data else "",
        _question(section),
    ]
    return f'<section id="{html.escape(section.key)}">{"".join(parts)}</section>'


def _sentences(section: Section) -> str:
    """Return the sentences; beside the headline figures the first is the decision asked for."""
    texts = [html.escape(one) for one in section.sentences]
    if section.figures and texts:
        texts[0] = f"<strong>{texts[0]}</strong>"
    return "".join(f"<p>{text}</p>" for text in texts)


def _figures(figures: tuple[Figure, ...]) -> str:
    items = (
        f"<div><dt>{html.escape(f.label)}</dt><dd><b>{html.escape(f.value)}</b>"
        f"<span>{html.escape(f.note)}</span></dd></div>"
        for f in figures
    )
    return f'<dl class="figures">{"".join(items)}</dl>'


def _chart(section: Section, number: int, chart: Chart) -> str:
    name = f"{section.key}-{number}"
    return (
        f"<figure><figcaption>{html.escape(chart.title)}</figcaption>"
        f'<div class="wide">{svg_charts.svg(chart, name)}</div>'
        f'<div class="narrow">{svg_charts.svg(chart, f"{name}-n", svg_parts.NARROW)}</div>'
        "</figure>"
    )


def _table(table: Table) -> str:
    head = ""
    if any(table.head):
        cells = (
            f"<th scope='col'{_side(table, k)}>{html.escape(text)}</th>"
            for k, text in enumerate(table.head)
        )
        head = f"<thead><tr>{''.join(cells)}</tr></thead>"
    rows = "".join(f"<tr>{_cells(table, row)}</tr>" for row in table.rows)
    return (
        f"<div class='scroll' tabindex='0' role='region' aria-label='{html.escape(table.title)}'>"
        f"<table{_many(table)}><caption>{html.escape(table.title)}</caption>{head}<tbody>{rows}</tbody></table>"
        "</div>"
    )


def _many(table: Table) -> str:
    """Keep a table of many columns wide on a phone, to scroll, and break what a pair says."""
    if len(table.head) > _FEW_COLUMNS:
        return " class='many'"
    return "" if any(table.head) else " class='pair'"


def _cells(table: Table, row: tuple[str, ...]) -> str:
    first, *others = row
    cells = [f"<th scope='row'>{html.escape(first)}</th>"]
    cells += [
        f"<td{_side(table, k)}>{html.escape(text)}</td>" for k, text in enumerate(others, start=1)
    ]
    return "".join(cells)


def _side(table: Table, column: int) -> str:
    return " class='number'" if column >= table.left else ""


def _question(section: Section) -> str:
    if not section.question:
        return ""
    return (
        f"<details><summary>{html.escape(section.question)}</summary>"
        f"<p>{html.escape(section.answer)}</p></details>"
    )


def _everything(told: Story) -> str:
    return (
        '<section id="inputs"><p class="topic">Appendix</p><h2>Every input with its source</h2>'
        "<p>The evidence of an input is measured and published, a published estimate, or "
        "judgement.</p>"
        f"<details><summary>All {len(told.assumptions.rows)} inputs</summary>"
        f"{_table(told.assumptions)}</details></section>"
    )


def _base64(told: Story) -> str:
    return base64.b64encode(encoded(told.scenario_csv)).decode()


def _scenario_link(told: Story) -> str:
    return (
        f'<p><a download="scenario.csv" href="data:text/csv;charset=utf-8;base64,{_base64(told)}">'
        "Save the scenario of this report</a>: the tool opens it, and this file, and shows the "
        "same figures.</p>"
    )


def _embedded(told: Story) -> str:
    # As base64, no cell of the scenario can end the element.
    return f'<script type="text/csv;base64" id="{SCENARIO_ID}">{_base64(told)}</script>'


_STYLE = """
:root{color-scheme:light dark;--ground:#fff;--panel:#f3f6f9;--ink:#16202b;--soft:#566474;
--grid:#dfe6ed;--main:#0b5fa5;--harm:#c2500a;--good:#00795c;--third:#a8447f;--edge:#16202b59}
@media (prefers-color-scheme:dark){:root{--ground:#10161d;--panel:#1a232d;--ink:#e8eef4;
--soft:#a7b4c1;--grid:#2a3643;--main:#6db7f0;--harm:#f0935a;--good:#4cc3a2;--third:#de93be;--edge:#ffffff59}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:17px/1.5 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
header,main,footer{max-width:62rem;margin:0 auto;padding:0 1.25rem;overflow-wrap:anywhere}
header{padding-top:1.5rem;color:var(--soft)}header p{margin:.1rem 0}
.brand{font-weight:650;color:var(--ink)}
section{padding:1.6rem 0 1.2rem;border-bottom:1px solid var(--grid)}
.topic{margin:0;color:var(--main);font-weight:650}
h1,h2{line-height:1.2;margin:.2rem 0 .8rem;text-wrap:balance}
h1{font-size:clamp(1.5rem,4.5vw,2.3rem)}h2{font-size:clamp(1.25rem,3.4vw,1.7rem)}
p{max-width:44rem;margin:.5rem 0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(12.5rem,1fr));gap:.8rem;
margin:1.2rem 0}
.figures div{background:var(--panel);border-radius:.6rem;padding:.8rem 1rem}
.figures dt{color:var(--soft)}.figures dd{margin:0}
.figures b{display:block;font-size:2rem;line-height:1.25;color:var(--main)}
.charts{display:grid;gap:1.2rem}
figure{margin:1rem 0 .4rem}figcaption{font-weight:650;margin-bottom:.5rem}
svg{display:block;width:100%;height:auto}.narrow{display:none}
.reading{color:var(--soft)}
details{margin:.7rem 0}summary{cursor:pointer;font-weight:600;color:var(--main)}
/* A shadow at a side where more of a table can be scrolled to. */
.scroll{overflow-x:auto;margin:.8rem 0;background:
linear-gradient(90deg,var(--ground) 40%,transparent) 0 0/3rem 100% no-repeat local,
linear-gradient(270deg,var(--ground) 40%,transparent) 100% 0/3rem 100% no-repeat local,
linear-gradient(90deg,var(--edge),transparent) 0 0/1.1rem 100% no-repeat scroll,
linear-gradient(270deg,var(--edge),transparent) 100% 0/1.1rem 100% no-repeat scroll}
table{border-collapse:collapse;width:100%;font-size:.94rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:650;padding:.3rem 0}
th,td{padding:.35rem .6rem;text-align:left;vertical-align:top;
border-bottom:1px solid var(--grid);font-weight:400;overflow-wrap:break-word}
.pair td{overflow-wrap:anywhere}
thead th{font-weight:650;vertical-align:bottom}.number{text-align:right}
td.number{white-space:nowrap}a{color:var(--main)}
footer{padding-top:1rem;padding-bottom:2.5rem;color:var(--soft)}
:focus-visible{outline:3px solid var(--main);outline-offset:2px}
@media (min-width:50rem){.charts.n2{grid-template-columns:1fr 1fr}.charts.n2 .wide{display:none}
.charts.n2 .narrow{display:block}}
@media (max-width:40rem){body{font-size:16px}.wide{display:none}.narrow{display:block}
td.number{white-space:normal}.many{min-width:40rem}}
@page{margin:14mm 13mm}
@media print{:root{color-scheme:light;--ground:#fff;--panel:#f3f6f9;--ink:#16202b;--soft:#46525f;
--grid:#d5dde5;--main:#0b5fa5;--harm:#c2500a;--good:#00795c;--third:#a8447f}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{font-size:10.5pt}header,main,footer{max-width:none;padding:0}
section{padding:5mm 0 4mm}
/* What is folded away on a screen is all there on paper. */
details::details-content{display:block;content-visibility:visible;height:auto}
summary{list-style:none;color:inherit;break-after:avoid}summary::-webkit-details-marker{display:none}
.finding,h1,h2,figure,tr,.figures div,details:not(:has(table)){break-inside:avoid}
.topic,h1,h2,caption{break-after:avoid}.reading{break-before:avoid}
thead{display:table-header-group}p{orphans:3;widows:3}
.wide{display:block;max-width:130mm}.narrow{display:none}h1{font-size:19pt}h2{font-size:14pt}
.charts.n2{grid-template-columns:1fr 1fr}.charts.n2 .wide{display:none}
.charts.n2 .narrow{display:block}
.scroll{overflow:visible;background:none}.many{min-width:0}
th,td{padding:.15rem .35rem}table{font-size:8.5pt}
.figures{grid-template-columns:repeat(4,1fr)}.figures b{font-size:17pt}}
""".replace("\n", "")
