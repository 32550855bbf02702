"""The deck's own template: python-pptx's default one, made wide, with our colours and layouts.

Every layout has real placeholders for title, topic, text, chart or table, source and number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.slide import SlideLayout
from pptx.util import Inches

WIDTH_IN, HEIGHT_IN = 13.333, 7.5
MARGIN_IN = 0.6
INNER_IN = WIDTH_IN - 2 * MARGIN_IN

COLOURS = {
    "dk1": "16202B",
    "lt1": "FFFFFF",
    "dk2": "566474",
    "lt2": "F3F6F9",
    "accent1": "0B5FA5",
    "accent2": "C2500A",
    "accent3": "00795C",
    "accent4": "A8447F",
    "accent5": "8A6100",
    "accent6": "2D87B8",
    "hlink": "0B5FA5",
    "folHlink": "566474",
}

TOPIC, TEXT, FIRST, SECOND = 13, 14, 15, 16
"""Indices of the placeholders below the title."""


@dataclass(frozen=True)
class Box:
    """A place on the slide, inches."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Place:
    """A placeholder of a layout: index, kind as in the file format, place and size of its type."""

    index: int
    kind: str
    name: str
    box: Box
    size_pt: float
    colour: str = "tx1"
    bold: bool = False


TITLE = Box(MARGIN_IN, 0.72, INNER_IN, 1.12)
# A slide that is mostly a table needs the room of the headline's second line.
_LOW_TITLE = Box(MARGIN_IN, 0.72, INNER_IN, 0.74)
_OPENING_TITLE = Box(MARGIN_IN, 2.0, INNER_IN, 2.0)
_TOPIC = Place(
    index=TOPIC,
    kind="body",
    name="Topic",
    box=Box(MARGIN_IN, 0.38, INNER_IN, 0.36),
    size_pt=14,
    colour="accent1",
    bold=True,
)
_FOOT_TOP, _FOOT_HEIGHT = 7.0, 0.3
SOURCE = Box(MARGIN_IN, _FOOT_TOP, INNER_IN - 0.9, _FOOT_HEIGHT)
NUMBER = Box(MARGIN_IN + INNER_IN - 0.8, _FOOT_TOP, 0.8, _FOOT_HEIGHT)
_TOP, _BOTTOM = 2.0, 6.82


def _text(box: Box, size_pt: float = 18) -> Place:
    return Place(index=TEXT, kind="body", name="Text", box=box, size_pt=size_pt)


def _column(left: float, width: float, top: float = _TOP, bottom: float = _BOTTOM) -> Box:
    return Box(MARGIN_IN + left, top, width, bottom - top)


LAYOUTS: dict[str, tuple[Place, ...]] = {
    "Title": (_text(_column(0, INNER_IN, 4.3), 24),),
    "Answer": (
        _TOPIC,
        Place(
            index=FIRST, kind="tbl", name="Figures", box=_column(0, INNER_IN, 2.1, 3.95), size_pt=18
        ),
        _text(_column(0, INNER_IN, 4.3), 24),
    ),
    "Chart and text": (
        _TOPIC,
        Place(index=FIRST, kind="chart", name="Chart", box=_column(0, 8.2), size_pt=14),
        _text(_column(8.5, INNER_IN - 8.5)),
    ),
    "Two charts": (
        _TOPIC,
        Place(index=FIRST, kind="chart", name="Chart", box=_column(0, 5.9, bottom=5.5), size_pt=14),
        Place(
            index=SECOND,
            kind="chart",
            name="Second chart",
            box=_column(6.2, INNER_IN - 6.2, bottom=5.5),
            size_pt=14,
        ),
        _text(_column(0, INNER_IN, 5.6), 16),
    ),
    "Table": (
        _TOPIC,
        Place(
            index=FIRST, kind="tbl", name="Table", box=_column(0, INNER_IN, 1.9, 5.95), size_pt=13
        ),
        _text(_column(0, INNER_IN, 6.1), 14),
    ),
    "Table below text": (
        _TOPIC,
        _text(_column(0, INNER_IN, 1.55, 3.3), 16),
        Place(index=FIRST, kind="tbl", name="Table", box=_column(0, INNER_IN, 3.35), size_pt=13),
    ),
    "Text": (_TOPIC, _text(_column(0, INNER_IN), 20)),
}


def template() -> Deck:
    """Return an empty deck with our master, layouts and theme."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH_IN), Inches(HEIGHT_IN)
    _recolour(deck)
    _rewrite_master(deck)
    for layout in list(deck.slide_layouts)[len(LAYOUTS) :]:
        deck.slide_layouts.remove(layout)
    for layout, (name, places) in zip(deck.slide_layouts, LAYOUTS.items(), strict=True):
        _rewrite_layout(layout, name, places)
    return deck


def title_of(layout: str) -> Box:
    """Return where the title of a layout lies."""
    own = {"Title": _OPENING_TITLE, "Table below text": _LOW_TITLE}
    return own.get(layout, TITLE)


def box_of(layout: str, index: int) -> Box:
    """Return where a placeholder of a layout lies."""
    return next(place.box for place in LAYOUTS[layout] if place.index == index)


def _recolour(deck: Deck) -> None:
    part = deck.slide_master.part.part_related_by(RT.THEME)
    theme = parse_xml(part.blob)
    scheme = theme.find(f".//{qn('a:clrScheme')}")
    scheme.set("name", "Downstream")
    for name, value in COLOURS.items():
        slot = scheme.find(qn(f"a:{name}"))
        for child in list(slot):
            slot.remove(child)
        slot.append(parse_xml(f'<a:srgbClr {_NAMESPACES} val="{value}"/>'))
    part._blob = serialize_part_xml(theme)


def _rewrite_master(deck: Deck) -> None:
    """Put the master's own placeholders in place and set the type of title and text."""
    master = deck.slide_master
    places = {"title": TITLE, "body": _column(0, INNER_IN), "ftr": SOURCE, "sldNum": NUMBER}
    for shape in list(master.placeholders):
        kind = shape.element.find(f".//{qn('p:ph')}").get("type")
        if kind not in places:
            shape.element.getparent().remove(shape.element)
            continue
        box = places[kind]
        shape.left, shape.top = Inches(box.left), Inches(box.top)
        shape.width, shape.height = Inches(box.width), Inches(box.height)
    styles = master.element.find(qn("p:txStyles"))
    old = list(styles)
    for style in old:
        styles.remove(style)
    for xml in (_style("titleStyle", 28, True), _style("bodyStyle", 18, False), _OTHER_STYLE):
        styles.append(parse_xml(xml))


_NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_OTHER_STYLE = f"<p:otherStyle {_NAMESPACES}/>"


def _style(name: str, size_pt: int, bold: bool) -> str:
    font = "mj" if name == "titleStyle" else "mn"
    space = 0 if name == "titleStyle" else 900
    return (
        f'<p:{name} {_NAMESPACES}><a:lvl1pPr marL="0" indent="0" algn="l">'
        f'<a:lnSpc><a:spcPct val="100000"/></a:lnSpc>'
        f'<a:spcBef><a:spcPts val="0"/></a:spcBef><a:spcAft><a:spcPts val="{space}"/></a:spcAft>'
        f'<a:buNone/><a:defRPr sz="{size_pt}00" b="{int(bold)}" kern="1200">'
        f'<a:solidFill><a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="+{font}-lt"/>'
        f'<a:ea typeface="+{font}-ea"/><a:cs typeface="+{font}-cs"/></a:defRPr></a:lvl1pPr>'
        f"</p:{name}>"
    )


def _rewrite_layout(layout: SlideLayout, name: str, places: tuple[Place, ...]) -> None:
    layout.name = name
    element = layout.element
    for attribute in ("type", "preserve"):
        element.attrib.pop(attribute, None)
    tree = element.find(f".//{qn('p:spTree')}")
    for shape in tree.findall(qn("p:sp")) + tree.findall(qn("p:pic")):
        tree.remove(shape)
    title = Place(index=0, kind="title", name="Title", box=title_of(name), size_pt=28, bold=True)
    foot = (
        Place(index=11, kind="ftr", name="Source", box=SOURCE, size_pt=10.5, colour="tx2"),
        Place(index=12, kind="sldNum", name="Slide number", box=NUMBER, size_pt=10.5, colour="tx2"),
    )
    for number, place in enumerate((title, *places, *foot), 2):
        tree.append(parse_xml(_placeholder(number, place)))


def _placeholder(number: int, place: Place) -> str:
    box = place.box
    left, top, width, height = (int(Inches(x)) for x in (box.left, box.top, box.width, box.height))
    index = "" if place.kind == "title" else f' idx="{place.index}"'
    anchor = {"title": "t", "ftr": "ctr", "sldNum": "ctr"}.get(place.kind, "t")
    align = ' algn="r"' if place.kind == "sldNum" else ' algn="l"'
    field = (
        '<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr lang="en-US"/>'
        "<a:t>‹#›</a:t></a:fld>"
    )
    content = field if place.kind == "sldNum" else ""
    prompt = {"sldNum": "", "ftr": ""}.get(place.kind, place.name)
    run = f'<a:r><a:rPr lang="en-US"/><a:t>{prompt}</a:t></a:r>' if prompt else content
    return re.sub(
        r">\s+<",
        "><",
        f"""<p:sp {_NAMESPACES}><p:nvSpPr><p:cNvPr id="{number}" name="{place.name}"/>
        <p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>
        <p:nvPr><p:ph type="{place.kind}"{index}/></p:nvPr></p:nvSpPr>
        <p:spPr><a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>
        </p:spPr><p:txBody>
        <a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}">
        <a:noAutofit/></a:bodyPr>
        <a:lstStyle><a:lvl1pPr marL="0" indent="0"{align}><a:buNone/>
        <a:defRPr sz="{int(place.size_pt * 100)}" b="{int(place.bold)}"><a:solidFill>
        <a:schemeClr val="{place.colour}"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle>
        <a:p>{run}</a:p></p:txBody></p:sp>""",
    )
