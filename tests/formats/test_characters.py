"""Which characters a file may carry, and text that no spreadsheet takes for a formula."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from model.formats.characters import (
    is_plain,
    is_plain_file,
    named,
    neutralised,
    replaced,
    restored,
    unfit,
)

UNFIT = ["\0", "\x01", "\x08", "\x0b", "\x0c", "\r", "\x1f", "\x7f", "\x80", "\x9f", "\ud800",
         "\udfff", "\ufdd0", "\ufdef", "\ufffe", "\uffff", "\U0001fffe", "\U0010ffff"]  # fmt: skip
FIT = ["\t", "\n", " ", "a", "ü", "\xa0", "\ufdcf", "\ufdf0", "\ufffd", "\ue000", "😀", "\u200b"]


@pytest.mark.parametrize("character", UNFIT, ids=ascii)
def test_no_format_carries_them(character: str) -> None:
    assert unfit(f"a{character}b{character}") == (character,)
    assert not is_plain(f"a{character}")
    assert is_plain_file(f"a{character}") is (character == "\r")
    assert replaced(f"a{character}b") == "a\ufffdb"


@pytest.mark.parametrize("character", FIT, ids=ascii)
def test_every_format_carries_them(character: str) -> None:
    assert unfit(character) == ()
    assert is_plain(character)


@given(st.text(max_size=30))
def test_what_is_plain_stands_in_xml(text: str) -> None:
    element = etree.Element("a")
    element.text = replaced(text)
    assert (etree.fromstring(etree.tostring(element)).text or "") == replaced(text)


def test_characters_are_named_by_number() -> None:
    assert named(("\uffff", "\x0b", "\U0010ffff")) == "U+FFFF, U+000B, U+10FFFF"


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"]
)
def test_no_spreadsheet_takes_text_for_a_formula(start: str) -> None:
    assert neutralised(f"{start}x") == f"'{start}x"
    assert restored(f"'{start}x") == f"{start}x"


@given(st.text(alphabet="'=+-@\t＝a ", max_size=6))
def test_neutralising_is_undone(text: str) -> None:
    assert restored(neutralised(text)) == text
    assert neutralised(text)[:1] not in {"=", "+", "-", "@", "\t", "＝"}
