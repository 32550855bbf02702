"""The parts of a date and time as written: what the text says, before anything is settled."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from model.formats.characters import plainer

_MONTH_NAMES = (
    "january januar janvier enero gennaio janeiro januari styczen stycznia январь января",
    "february februar fevrier febrero febbraio fevereiro februari luty lutego февраль февраля",
    "march marz mars marzo marco maart mrz mrt maerz marzec marca март марта",
    "april avril abril aprile kwiecien kwietnia апрель апреля",
    "may mai mayo maggio maio mei maj maja май мая",
    "june juni juin junio giugno junho czerwiec czerwca июнь июня",
    "july juli juillet julio luglio julho juil lipiec lipca июль июля",
    "august aout agosto augustus sierpien sierpnia август августа",
    "september septembre septiembre settembre setembro sept wrzesien wrzesnia сентябрь сентября",
    "october oktober octobre octubre ottobre outubro pazdziernik pazdziernika октябрь октября",
    "november novembre noviembre novembro listopad listopada ноябрь ноября",
    "december dezember decembre diciembre dicembre dezembro grudzien grudnia декабрь декабря",
)


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _abbreviated() -> dict[str, int]:
    """Return every name of a month and its first letters, three at least, if they are of one."""
    lines = enumerate(map(_without_accents, _MONTH_NAMES), 1)
    names = {word: k for k, line in lines for word in line.split()}
    short: dict[str, set[int]] = {}
    for word, month in names.items():
        for length in range(3, len(word)):
            short.setdefault(word[:length], set()).add(month)
    return {word: min(months) for word, months in short.items() if len(months) == 1} | names


_MONTHS = _abbreviated()
_DAY, _NAME, _YEAR = r"(?P<day>\d{1,2})", r"(?P<name>[^\W\d_]{3,12})\.?", r"(?P<year>\d{4}|'?\d{2})"
# As Unix writes it, the year behind the time: Thu Mar 19 10:00:00 UTC 2026.
_UNIX = re.compile(
    r"([a-z]{3} +\d{1,2}) +(\d{1,2}:\d{2}(?::\d{2})?)((?: [a-z]{1,5}|[+-]\d{4})?) +(\d{4})"
)
# What programs write is read first, and fast.
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([01][0-9]|2[0-3]):([0-5][0-9])"
    r"(?::([0-5][0-9])(?:\.([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+")
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?=$|t| )",
        rf"(?P<year>\d{{4}})[- /]{_NAME}[- /]{_DAY}(?!\d)",
        r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})(?!\d)",
        rf"{_DAY}(?:st|nd|rd|th|er|º|\.)?[ /-]*(?:(?:of|de|di) )?{_NAME}(?: del?)?[ ,/-]*{_YEAR}"
        r"(?!\d)(?: ?г\.?)?",
        rf"{_NAME}[ -]*{_DAY}(?:st|nd|rd|th)?(?:, ?|[ -]){_YEAR}(?!\d|:)",
        r"(?P<year>\d{4}) ?[年년] ?(?P<month>\d{1,2}) ?[月월] ?(?P<day>\d{1,2}) ?[日일号號]?",
    )
)
_NO_DAY = "there is no such day"
_JOINT = re.compile(r"(?:t|[ ,]+(?:at |um |@ ?)?)")
_CLOCKS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
        r"(?: ?(?P<half>[ap])\.?m\b\.?)?(?: uhr)?(?!\d)",
        r"(?P<h>\d{1,2}) ?(?P<half>[ap])\.?m\b\.?",
        r"(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})?(?=$|z|[+-])",
        r"(?P<h>\d{1,2})h(?P<m>\d{2})(?!\d)",
        r"(?P<half>午前|午後|上午|下午|오전|오후)? ?(?P<h>\d{1,2}) ?[時时點点시]"
        r"(?: ?(?P<m>\d{1,2}) ?[分분](?: ?(?P<s>\d{1,2}) ?[秒초])?)?",
    )
)
_AFTERNOON = ("p", "午後", "下午", "오후")
_ALONE = re.compile(r"\d{1,2}(?::\d|h\d| ?[ap]\.?m|[時时點点시])")
_ZONE = re.compile(
    r" ?(?P<opened>\()?(?P<zone>(?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?|[a-z]{1,5}"
    r"|[a-z]+(?:/[a-z_+-]+){1,2})(?(opened)\))(?:\[[a-z/_]+\])?"
)


@dataclass(frozen=True, slots=True)
class Written:
    """A date and time as written: `day` when the text settles it, else two numbers and a year."""

    day: date | None = None
    pair: tuple[int, int, int] | None = None
    """First number, second number and year of a date whose order of day and month is open."""
    clock: timedelta | None = None
    zone: str = ""
    wrong: str = ""
    """What is impossible in it, such as a 31 June."""

    def on(self, order: str) -> date | None:
        """Return the day when `order` (dmy or mdy) settles it, None if there is no such day."""
        if self.pair is None:
            return self.day
        first, second, year = self.pair
        return _day(year, *((second, first) if order == "dmy" else (first, second)))


def written(text: str) -> Written | None:
    """Return the parts of a text that is a date, a time or both; None if it is neither."""
    if iso := _ISO.fullmatch(text):
        return _from_iso(iso)
    plain = text if text.isascii() else _without_accents(plainer(text))
    plain = " ".join(plain.casefold().split())
    if len(plain) > 80:
        return None
    plain = _WEEKDAY.sub("", plain, count=1) if _WEEKDAY.match(plain) else plain
    if unix := _UNIX.fullmatch(plain):
        plain = f"{unix[1]}, {unix[4]} {unix[2]}{unix[3]}"
    found, rest = _dated(plain)
    if found is None:
        return _timed(Written(), plain) if _ALONE.match(plain) else None
    if not rest:
        return found
    joint = _JOINT.match(rest)
    if joint:
        return _timed(found, rest[joint.end() :])
    return None


def _from_iso(found: re.Match[str]) -> Written:
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    on = _day(int(year), int(month), int(day))
    if on is None:
        return Written(wrong=_NO_DAY)
    rest = timedelta(0, int(second or 0), int((fraction or "0").ljust(6, "0")[:6]))
    return Written(on, None, timedelta(hours=int(hour), minutes=int(minute)) + rest, zone or "")


def _dated(text: str) -> tuple[Written | None, str]:
    for pattern in _DATES:
        match = pattern.match(text)
        if match and (found := _from(match.groupdict())):
            return found, text[match.end() :]
    return None, text


def _from(parts: dict[str, str | None]) -> Written | None:
    year = _full_year(str(parts["year"]))
    if parts.get("first"):
        return _numeric(int(str(parts["first"])), int(str(parts["second"])), year, parts["mark"])
    name = parts.get("name")
    if name and name not in _MONTHS:
        return None
    month = _MONTHS[name] if name else int(str(parts["month"]))
    day = _day(year, month, int(str(parts["day"])))
    return Written(day=day) if day else Written(wrong=_NO_DAY)


def _numeric(first: int, second: int, year: int, mark: str | None) -> Written:
    """Return a date in numbers: with points the day is first, else both orders may be possible."""
    by_day, by_month = _day(year, second, first), _day(year, first, second)
    if by_day is None and (by_month is None or mark == "."):
        return Written(wrong=_NO_DAY)
    if mark == "." or by_day == by_month:
        return Written(day=by_day)
    return Written(pair=(first, second, year))


def _full_year(digits: str) -> int:
    year = int(digits.lstrip("'"))
    if len(digits) == 4:
        return year
    return year + (2000 if year < 69 else 1900)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year < 2200 else None
    except ValueError:
        return None


def _timed(found: Written, text: str) -> Written | None:
    for pattern in _CLOCKS:
        match = pattern.match(text)
        if not match:
            continue
        zone = _ZONE.fullmatch(text, match.end())
        if match.end() < len(text) and not zone:
            continue
        clock = _clock(match.groupdict())
        wrong = found.wrong or ("" if clock is not None else "there is no such time of day")
        said = zone["zone"] if zone else ""
        return Written(day=found.day, pair=found.pair, clock=clock, zone=said, wrong=wrong)
    return None


def _clock(parts: dict[str, str | None]) -> timedelta | None:
    """Return the time of day, None if no clock shows it; 24:00 is the end of the day."""
    hour, minute, second = (int(parts.get(name) or 0) for name in "hms")
    half = parts.get("half")
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in _AFTERNOON else 0)
    clock = timedelta(hours=hour, minutes=minute, seconds=second)
    if minute > 59 or second > 59 or clock > timedelta(days=1):
        return None
    return clock + timedelta(microseconds=int((parts.get("f") or "0").ljust(6, "0")[:6]))
