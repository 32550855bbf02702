"""Several scenarios in one file and back, and what is refused of such files."""

from __future__ import annotations

import io
import zipfile

import pytest
from given import lognormal, new_cause
from openpyxl import load_workbook

from model.assumptions.remedy_library import Change
from model.formats import xlsx
from model.limits import MOST_SCENARIO_BYTES, MOST_VARIANTS
from model.present.files.several_scenarios import Found, in_workbook, in_zip, read_several
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario

DEFAULT = Scenario.default()


def called(name: str, cpm: float = 5.0) -> Scenario:
    return DEFAULT.with_(
        {
            "scenario.name": name,
            "platform.cpm": lognormal(cpm, 2 * cpm),
            "remedies.own.change.1": Change("scale", "incidents.*.duration", lognormal(0.5, 0.8)),
            "remedies.own.label": "=Köln; „a“, b",
            "remedies.own.annual_share": lognormal(0.01, 0.02),
            **new_cause("dns"),
        },
        {"platform.cpm": Provenance("Sales; report", "A", "Ann", "2026-04-01")},
    )


NAMES = ("=1+1", "a/b", "A:b", "a-b", "Zürich; „x“, y" * 4, "'quoted'", "第二", "history")
SEVERAL = tuple(called(name, 5.0 + k) for k, name in enumerate(NAMES))


def read(raw: bytes, name: str = "variants.bin") -> tuple[Found, ...]:
    file = io.BytesIO(raw)
    file.name = name
    return read_several(file)


@pytest.mark.parametrize("written", [in_workbook, in_zip])
def test_all_come_back_as_they_were(written):
    raw = written(SEVERAL)
    assert raw == written(SEVERAL)
    found = read(raw)
    assert [one.problems for one in found] == [()] * len(SEVERAL)
    for one, before in zip(found, SEVERAL, strict=True):
        assert one.scenario == before
        assert one.scenario.provenance == before.provenance
        assert not one.remarks


def test_a_workbook_has_a_sheet_each_and_no_formula():
    raw = in_workbook(SEVERAL)
    book = load_workbook(io.BytesIO(raw))
    assert len(book.sheetnames) == len(SEVERAL)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in book.sheetnames)
    assert len({name.casefold() for name in book.sheetnames}) == len(SEVERAL)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize("raw", [DEFAULT.to_csv().encode(), DEFAULT.to_xlsx()])
def test_one_scenario_is_several_of_one(raw):
    (found,) = read(raw)
    assert found.scenario is not None
    assert found.scenario.changes == ()


def test_a_broken_one_is_left_out_and_the_others_stay():
    raw = xlsx.written(
        [
            ("good", [["name", "shape", "low", "mid", "high"], ["platform.cpm", "", 5.0, "", 9.0]]),
            ("bad", [["name", "shape", "low", "mid", "high"], ["platform.cpx", "", 5.0, "", 9.0]]),
            ("notes", [["what I did"], ["nothing"]]),
        ]
    )
    good, bad = read(raw, "mine.xlsx")
    assert good.scenario == DEFAULT.with_(
        {"scenario.name": "good", "platform.cpm": lognormal(5.0, 9.0)}
    )
    assert bad.scenario is None
    assert bad.problems[0].startswith("mine.xlsx, sheet 'bad', row 2, platform.cpx: unknown name")


def test_more_than_are_kept_are_named():
    many = [called(f"v{k}") for k in range(MOST_VARIANTS + 2)]
    for raw in (in_workbook(many), in_zip(many)):
        *good, spare = read(raw)
        assert len(good) == MOST_VARIANTS
        assert "after the first 8: left out" in spare.problems[0]


def test_a_zip_of_too_much_or_of_nothing_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../bomb.csv", b"name,shape,low,mid,high\n" + b" " * 60_000_000)
        archive.writestr("good.csv", DEFAULT.changes_csv())
        archive.writestr("picture.png", b"x")
    bomb, good = read(out.getvalue(), "v.zip")
    assert "larger than 5 MB" in bomb.problems[0]
    assert bomb.place == "bomb.csv"
    assert good.scenario == DEFAULT
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    (found,) = read(empty.getvalue() + b"", "v.zip")
    assert found.problems
    (torn,) = read(out.getvalue()[:200], "v.zip")
    assert "no zip that can be read" in torn.problems[0]
    (big,) = read(b"PK\3\4" + bytes(MOST_SCENARIO_BYTES), "v.zip")
    assert "larger than 5 MB" in big.problems[0]


def _damaged(kind: str) -> bytes:
    """A zip that is damaged, encrypted or of a version to come."""
    method = {
        "lzma": zipfile.ZIP_LZMA,
        "bzip2": zipfile.ZIP_BZIP2,
        "deflated": zipfile.ZIP_DEFLATED,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method.get(kind, zipfile.ZIP_STORED)) as archive:
        archive.writestr("a.csv", "name,low,high\nplatform.cpm,6,11\n" * 9)
    raw = bytearray(out.getvalue())
    directory = raw.index(b"PK\x01\x02")
    if kind == "of a version to come":
        raw[directory + 6 : directory + 8] = (235).to_bytes(2, "little")
    elif kind == "encrypted":
        raw[directory + 8] |= 1
    else:
        raw[45:70] = bytes(range(200, 225))
    return bytes(raw)


@pytest.mark.parametrize(
    "kind", ["of a version to come", "encrypted", "lzma", "bzip2", "deflated", "stored"]
)
def test_a_zip_that_cannot_be_read_is_refused_with_a_reason(kind: str):
    named = io.BytesIO(_damaged(kind))
    named.name = "variants.zip"
    (found,) = read_several(named)
    assert found.scenario is None
    assert len(found.problems) == 1
    assert "variants.zip" in found.problems[0]
