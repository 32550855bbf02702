"""Whether two checkouts give the same numbers to the last byte: `same_numbers.py OTHER [SCENARIO]`.

Run where one is to be compared with another checkout of the product, before and after a change that
must move no figure. Both go through their own command line, so neither has to know the other's
layout: a run, a comparison, what drives the answer, a replay, and the text of a deck.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pptx import Presentation

HERE = Path(__file__).resolve().parent.parent
UNLIKE_BY_NATURE = {"manifest.json"}
"""Files that name versions of packages and the commands of their checkout."""
COMMANDS = {
    "run": ("run", "--years", "20000", "--seed", "7"),
    "worlds": ("run", "--years", "20000", "--worlds", "400"),
    "compare": ("compare", "--years", "5000"),
    "drivers": ("drivers", "--years", "10000"),
    "replay": ("replay", "--incident", "tiktok-2026-03-03"),
}


def made(checkout: Path, scenario: list[str], out: Path) -> None:
    """Let a checkout write all its files into `out`."""
    for name, (verb, *options) in COMMANDS.items():
        _call(checkout, verb, *scenario, *options, "--out", str(out / name))
    _call(checkout, "report", *scenario, "--years", "5000", "--out", str(out / "deck.pptx"))


def _call(checkout: Path, *words: str) -> None:
    command = [sys.executable, "-m", "model", *words]
    subprocess.run(command, cwd=checkout, check=True, capture_output=True)


def contents(out: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what every file says, by its name below `out`."""
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.suffix == ".pptx":
            yield name, "\n".join(_texts(path)).encode()
        elif path.is_file() and path.name not in UNLIKE_BY_NATURE:
            yield name, path.read_bytes()


def _texts(deck: Path) -> Iterator[str]:
    for slide in Presentation(str(deck)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                yield shape.text_frame.text
            elif shape.has_table:
                yield from (cell.text for row in shape.table.rows for cell in row.cells)
            elif shape.has_chart:
                yield from (str(tuple(plot.series[0].values)) for plot in shape.chart.plots)


def main() -> int:
    """Print what differs; return how many files do."""
    other, *scenario = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        sides = []
        for name, checkout in (("here", HERE), ("there", Path(other).resolve())):
            out = Path(folder) / name
            out.mkdir()
            made(checkout, [str(Path(path).resolve()) for path in scenario], out)
            sides.append(dict(contents(out)))
    names = sorted({*sides[0], *sides[1]})
    unlike = [name for name in names if sides[0].get(name) != sides[1].get(name)]
    for name in unlike:
        print(f"{name}: differs")
    print(f"{len(names) - len(unlike)} of {len(names)} files are the same to the last byte")
    return len(unlike)


if __name__ == "__main__":
    sys.exit(main())
