"""From bytes to text: which encoding a file has, and what is no text at all."""

from __future__ import annotations

import codecs
import lzma
import re
import zipfile
import zlib
from dataclasses import dataclass

from model.formats.answers import FormatError
from model.formats.characters import is_plain_file

SAVE = "save it as CSV UTF-8 or .xlsx"
ZIP = b"PK\x03\x04"
ZIP_FAULTS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, EOFError, OSError, ValueError,
)  # fmt: skip
"""What a zip that is damaged, encrypted or too new raises; there is no common error."""
_SAMPLE = 65_536
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument"  # first in its zip, as it is
_BINARIES = (
    (b"\xd0\xcf\x11\xe0", "an old .xls workbook or one with a password: save it as .xlsx or CSV"),
    (b"%PDF", "a PDF: the table it was made from is needed, as CSV or .xlsx"),
    (ZIP, f"a zip that is no .xlsx workbook: unpack it and take one file, or {SAVE}"),
    (b"PK\x05\x06", "an empty zip: the table itself is needed, as CSV or .xlsx"),
    (b"\x1f\x8b", "compressed with gzip: unpack it first"),
    (b"\x89PNG", f"a picture: the table itself is needed; {SAVE}"),
    (b"\xff\xd8\xff", f"a picture: the table itself is needed; {SAVE}"),
    (b"SQLite format 3", f"a database: export the table and {SAVE}"),
    (b"PAR1", f"a Parquet file: {SAVE}"),
)
_MARKUP = (b"<html", b"<!doctype", b"<?xml", b"<table", b"{\\rtf")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_REGIONS = {"Windows-1252": "Western European", "Windows-1250": "Central European"}
# What programs in Russia and East Asia write by default, the letters by which each is known,
# and their share.
_KANA, _HANGUL, _HAN = (
    re.compile(f"[{letters}]") for letters in ("\u3041-\u30fe", "\uac00-\ud7a3", "\u4e00-\u9fff")
)
_EASTERN = (
    ("cp1251", "Windows-1251", "Cyrillic", re.compile("[а-яё]"), 0.7),
    ("cp932", "Shift-JIS", "Japanese", _KANA, 0.15),
    ("euc_jp", "EUC-JP", "Japanese", _KANA, 0.15),
    ("cp949", "CP949", "Korean", _HANGUL, 0.9),
    ("gb18030", "GB18030", "Chinese", _HAN, 0.8),
    ("cp950", "Big5", "Chinese", _HAN, 0.8),
)
_REGIONS |= {name: region for _, name, region, *_ in _EASTERN}
_PLAIN_EASTERN = re.compile("[ЁА-яё№«»\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e]")
_WORDS = re.compile("[^\x00-\x7f]{2,}")
_WORDS_APART = re.compile("(?<![A-Za-z\x80-\U0010ffff])[^\x00-\x7f]{2,}+(?![A-Za-z])")
_COMMON, _TOGETHER, _FEWEST = 0.95, 0.6, 4
_MISREAD_MARK = codecs.BOM_UTF8.decode("cp1252")
# The five bytes that Windows-1252 leaves open are read as a control or, by LibreOffice, for
# private use.
_AS_BYTES = {0xF100 + byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)} | {
    ord(letter): byte
    for byte in range(0x80, 0xA0)
    if (letter := bytes([byte]).decode("cp1252", "ignore"))
}
# Letters of Polish words as Windows-1252 shows them, where other languages have none.
_CENTRAL = re.compile("[a-z][¹³¿][a-z]")
_BAD = re.compile("\ufffd+")


@dataclass(frozen=True)
class Decoded:
    """The text of a file without byte order mark, and the encoding by its usual name."""

    text: str
    encoding: str

    def remark(self) -> str:
        """Return a sentence on the encoding, nothing when it is the usual one."""
        if self.encoding == "UTF-8":
            return ""
        where = _REGIONS.get(self.encoding, "")
        return f"read as {self.encoding}{f' ({where})' if where else ''}"


def decoded(raw: bytes) -> Decoded:
    """Return the text of a file; FormatError when it is none or its encoding cannot be told."""
    _refuse_binary(raw)
    for mark, codec, name in _MARKS:
        if raw.startswith(mark):
            return Decoded(_strict(raw.removeprefix(mark), codec, name), name)
    if b"\0" in raw:
        codec = _without_mark(raw)
        return Decoded(_strict(raw, codec, "UTF-16"), "UTF-16")
    try:
        return Decoded(raw.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError as error:
        if eastern := _eastern(raw):
            return eastern
        text = _western(raw, error)
        central = bool(_CENTRAL.search(text)) and _central(raw)
        return Decoded(central or text, "Windows-1250" if central else "Windows-1252")


def misread(text: str) -> bool:
    """Tell whether a text begins with the mark of UTF-8, read by a program as three letters."""
    return text.startswith(_MISREAD_MARK)


def reread(text: str) -> str:
    """Return text that a program took for Windows-1252 as the UTF-8 that it was.

    What was typed since then, and is in no such file, stays.

    >>> reread("grÃ¶ÃŸer"), reread("größer")
    ('größer', 'größer')
    """
    try:
        return text.translate(_AS_BYTES).encode("latin-1").decode("utf-8").removeprefix("\ufeff")
    except UnicodeError:
        return text


def is_open_document(raw: bytes) -> bool:
    """Tell whether bytes are a file of LibreOffice's own format."""
    return raw.startswith(ZIP) and _OPEN_DOCUMENT in raw[:100]


def _refuse_binary(raw: bytes) -> None:
    if is_open_document(raw):
        raise FormatError(f"the file is an OpenDocument file such as .ods: {SAVE}")
    for signature, said in _BINARIES:
        if raw.startswith(signature):
            raise FormatError(f"the file is {said}")
    if raw[:_SAMPLE].removeprefix(codecs.BOM_UTF8).lstrip().lower().startswith(_MARKUP):
        raise FormatError(f"the file is a web page or document and no plain table: {SAVE}")


def _strict(raw: bytes, codec: str, name: str) -> str:
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as error:
        line = raw[: error.start].decode(codec, "replace").count("\n") + 1
        raise FormatError(f"line {line}: bytes that are not {name}: {SAVE}") from None
    if "\0" in text:
        raise FormatError(_no_text(text.count("\n", 0, text.index("\0")) + 1))
    return text


def _no_text(line: int) -> str:
    return f"line {line}: NUL bytes, which no text has: {SAVE}"


def _without_mark(raw: bytes) -> str:
    """Return which UTF-16 has its zeros where these are: Latin letters have one in two bytes."""
    sample = raw[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    enough = len(sample) / 8
    if len(raw) % 2 == 0 and even == 0 and odd > enough:
        return "utf-16-le"
    if len(raw) % 2 == 0 and odd == 0 and even > enough:
        return "utf-16-be"
    raise FormatError(_no_text(raw.count(b"\n", 0, raw.index(0)) + 1))


def _western(raw: bytes, error: UnicodeDecodeError) -> str:
    """Return text in Windows-1252, unless it is rather UTF-8 with a fault, or no text."""
    line = raw.count(b"\n", 0, error.start) + 1
    place = f"line {line}: byte {raw[error.start]:#04x}"
    if _mostly_utf8(raw):
        raise FormatError(f"{place} is not UTF-8, as the rest of the file is: {SAVE}")
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        raise FormatError(f"{place} is neither UTF-8 nor Windows-1252: {SAVE}") from None
    if not is_plain_file(text):
        raise FormatError(f"{place}: the file is no text: {SAVE}")
    return text


def _central(raw: bytes) -> str:
    """Return text in Windows-1250, empty if it is none."""
    try:
        return raw.decode("cp1250")
    except UnicodeDecodeError:
        return ""


def _eastern(raw: bytes) -> Decoded | None:
    """Return text in the first encoding of those regions that makes whole words of it, if any."""
    for codec, name, _, letters, least in _EASTERN:
        words = _WORDS_APART if codec == "cp1251" else _WORDS
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        foreign = [letter for letter in text if not letter.isascii()]
        common = sum(map(bool, map(_PLAIN_EASTERN.match, foreign)))
        own = sum(map(bool, map(letters.match, foreign)))
        # Western text has letters with accents one by one, these have words.
        in_words = sum(map(len, words.findall(text)))
        if (
            own >= max(_FEWEST, least * len(foreign))
            and common > _COMMON * len(foreign)
            and in_words > _TOGETHER * len(foreign)
        ):
            return Decoded(text, name)
    return None


def _mostly_utf8(raw: bytes) -> bool:
    text = raw.decode("utf-8", "replace")
    bad = len(_BAD.findall(text))
    good = len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")
    return good >= bad
