"""Make the files of this folder: scenario files opened and saved again by LibreOffice.

    .venv/bin/python tests/scenario/saved_by_libreoffice/save_again.py

Needs `soffice` (7.4 made what is here); the tests need only the files.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[1])]

from own_in_yen import own_in_yen  # noqa: E402

from model.scenario.rows import encoded  # noqa: E402
from model.scenario.scenario import Scenario  # noqa: E402

LOCALE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">
<value>{}</value></prop></item></oor:items>"""
CSV = "csv:Text - txt - csv (StarCalc):{},34,76,1,,0,false,true,false"
OPENED = "--infilter=Text - txt - csv (StarCalc):44,34,76,1,,{},false,true"
# Ending of the file, its form before, locale, how it is opened (None: without asking), saved as.
WAYS = (
    ("workbook_german.xlsx", "xlsx", "de-DE", None, "xlsx"),
    ("workbook_german.csv", "xlsx", "de-DE", None, CSV.format(59)),
    ("workbook_american.csv", "xlsx", "en-US", None, CSV.format(44)),
    ("text_german.csv", "csv", "de-DE", OPENED.format(1031), CSV.format(59)),
    ("text_german.xlsx", "csv", "de-DE", OPENED.format(1031), "xlsx"),
    ("text_american.csv", "csv", "en-US", OPENED.format(1033), CSV.format(44)),
    ("unasked_german.csv", "csv", "de-DE", None, CSV.format(59)),
    ("unasked_american.xlsx", "csv", "en-US", None, "xlsx"),
)
DEFAULT_ONLY = ("workbook_german.csv", "text_german.csv", "unasked_american.xlsx")


def save_again(
    raw: dict[str, bytes], name: str, way: tuple[str, str, str, str | None, str]
) -> None:
    ending, form, locale, opened, saved = way
    with tempfile.TemporaryDirectory() as place:
        user = Path(place, "profile", "user")
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(LOCALE.format(locale))
        source = Path(place, f"{name}.{form}")
        source.write_bytes(raw[form])
        out = Path(place, "out")
        words = ["soffice", "--headless", f"-env:UserInstallation=file://{user.parent}"]
        words += [opened] if opened else []
        words += ["--convert-to", saved, "--outdir", str(out), str(source)]
        subprocess.run(words, check=True, capture_output=True)
        (made,) = out.iterdir()
        (HERE / f"{name}_{ending}").write_bytes(made.read_bytes())


def main() -> None:
    default, europe, yen = Scenario.default(), Scenario.preset("midsize_europe"), own_in_yen()
    texts = {
        "default": default.to_csv(),
        "europe": europe.changes_csv(),
        "yen": yen.changes_csv(),
    }
    books = {"default": default, "europe": europe, "yen": yen}
    for name, text in texts.items():
        (HERE / f"{name}.csv").write_bytes(encoded(text))
        raw = {"csv": encoded(text), "xlsx": books[name].to_xlsx()}
        for way in WAYS:
            if name == "yen" or way[0] in DEFAULT_ONLY or (name == "europe" and way[1] == "csv"):
                save_again(raw, name, way)


if __name__ == "__main__":
    main()
