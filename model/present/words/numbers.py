"""The one number format of screen, slides and reports; full precision stays in the files.

>>> money(8_613_821), money(22_180_727), share(0.0827), number(5_285_736)
('$8.6M', '$22M', '8.3\\xa0%', '5.3M')
>>> shown(0.35, "share"), shown(12.0, "h"), shown(13.4e9, "USD")
('35\\xa0%', '12\\xa0h', '$13.4bn')
>>> parsed("11bn", "USD"), parsed("35 %", "share")
(11000000000.0, 0.35)
"""

from __future__ import annotations

import math
import re

from model.assumptions.currency import is_money
from model.present.words.spoken import subject
from model.present.words.spoken.amounts import MAGNITUDES as MAGNITUDES
from model.present.words.spoken.amounts import NBSP as NBSP
from model.present.words.spoken.amounts import marked, scaled
from model.present.words.spoken.amounts import significant as significant

_FACTORS = {"": 1.0} | {
    word: factor
    for factor, names in (
        (1e3, "k thousand"),
        (1e6, "m mn mm million millions"),
        (1e9, "b bn billion billions"),
        (1e12, "t tn trillion trillions"),
    )
    for word in names.split()
}
_MARKS = r", _\u00a0\u202f"
_GROUPED = re.compile(rf"[1-9]\d{{0,2}}(?P<mark>[{_MARKS}])\d{{3}}(?:(?P=mark)\d{{3}})*")
_TYPED = re.compile(
    r"(?P<sign>[-−]?)\s*(?P<currency>\$|USD)?\s*"
    rf"(?P<number>(?P<whole>(?:\d[\d{_MARKS}]*)?)\.?\d*(?:e[+-]?\d+)?)\s*"
    rf"(?P<magnitude>(?:{'|'.join(sorted(filter(None, _FACTORS), reverse=True))})(?![a-z]))?\s*"
    r"(?P<rest>.*)",
    re.IGNORECASE,
)
_SUFFIXES = {"h": "h", "days": "days", "months": "months", "min": "min"}
_MINUTES = {
    word: minutes
    for minutes, names in (
        (1.0, "min mins minute minutes"),
        (60.0, "h hr hrs hour hours"),
        (1_440.0, "d day days"),
        (10_080.0, "week weeks"),
        (43_800.0, "month months"),  # 730 hours, as everywhere in the model
        (525_600.0, "y yr yrs year years"),
    )
    for word in names.split()
}
_RATE = re.compile(r"(?:/|(?:per|a|an|each|every)\s)\s*(?P<period>[a-z]+)")
_EXAMPLES = {
    "share": "35 %",
    "USD": "$1.2M",
    "per year": "1.5 or 2 per month",
    "h": "20 h or 90 min",
    "days": "2 days",
    "months": "6 months",
    "min": "30 min",
    "years": "5 years",
}


def number(value: float, digits: int = 2) -> str:
    """Return a count with its magnitude: 950, 5.3k, 86M."""
    if abs(value) < 10_000 and value == int(value):
        return significant(value, max(digits, 4))
    plain = abs(value) < 10_000
    return significant(value, digits) if plain else scaled(value, digits, 1e3, lambda: MAGNITUDES)


def money(value: float, digits: int = 2) -> str:
    """Return an amount with its currency: $950, $140k, $8.6M, €13bn; minus before the sign."""
    text = scaled(abs(value), digits, 1e3)
    return f"−{marked(text)}" if value < 0 and text != "0" else marked(text)


def round_money(usd: float) -> str:
    """Return an example of about so many US dollars in the subject's currency, a round figure."""
    return money(float(f"{usd * subject.currency().per_usd:.0e}")).replace(NBSP, " ")


def signed_money(value: float, digits: int = 2) -> str:
    """Return an amount with a sign in front, for what is added or taken away."""
    return money(value, digits) if value <= 0 else f"+{money(value, digits)}"


def share(value: float, digits: int = 2) -> str:
    """Return a share in percent; close to 100 % it keeps the digits of what is missing.

    >>> share(0.99953), share(0.0), share(0.00001)
    ('99.953\\xa0%', '0\\xa0%', '0.001\\xa0%')
    """
    percent = 100.0 * value
    if 99.0 < percent < 100.0:
        gap = 100.0 - percent
        places = digits - 1 - math.floor(math.log10(gap)) if gap > 0 else 0
        return f"{percent:.{min(max(places, 0), 4)}f}{NBSP}%"
    return f"{significant(percent, digits)}{NBSP}%"


def one_in(chance: float) -> str:
    """Return a chance the way people say it.

    >>> one_in(0.083), one_in(0.5), one_in(0.0), one_in(0.95)
    ('1 in 12', '1 in 2', 'never seen', 'almost every year')
    """
    if chance <= 0:
        return "never seen"
    if chance > 0.67:
        return "almost every year"
    return f"1 in {significant(1.0 / chance, 2)}"


def error(standard_error: float, write: object = money) -> str:
    """Return the half-width of a 95 % interval of simulation noise: ±$140k."""
    assert callable(write)
    if not math.isfinite(standard_error):
        return "error unknown"
    return f"±{NBSP}{write(1.96 * standard_error)}"


def shown(value: float, unit: str, digits: int = 3) -> str:
    """Return a value of an assumption in the unit people read: money, %, hours, counts.

    >>> shown(0.9999, "share"), shown(0.35, "share"), shown(1.0, "days"), shown(21.0, "days")
    ('99.99\xa0%', '35\xa0%', '1\xa0day', '21\xa0days')
    """
    if is_money(unit):
        return money(value, digits)
    if unit == "share":
        # An availability of 99.99 % is not one of 100 %.
        return f"{significant(100.0 * value, max(digits, 5 if 0.99 < value < 1.0 else 0))}{NBSP}%"
    text = number(value, digits)
    suffix = _SUFFIXES.get(unit)
    if suffix is None:
        return text
    return f"{text}{NBSP}{suffix.removesuffix('s') if text == '1' else suffix}"


def editable(value: float, unit: str) -> str:
    """Return a value for a field that people edit: as shown, with up to ten digits."""
    return shown(value, unit, 10).replace(NBSP, " ")


def unit_words(unit: str) -> str:
    """Return a unit as a column heading; a share is typed in percent."""
    if unit == subject.code():
        return subject.currency().symbol
    return "%" if unit == "share" else unit


def parsed(text: str, unit: str) -> float:
    """Return what someone typed: 11bn, $1.2M, 35 %, 90 min; ValueError says what is understood.

    A share is read in percent, the way it is shown; units of the same kind are converted. The
    decimal mark is a point; a comma only groups thousands, and is refused anywhere else.

    >>> parsed("25 million", "USD"), parsed("90 min", "h"), parsed("2 per month", "per year")
    (25000000.0, 1.5, 24.0)
    """
    found = _TYPED.fullmatch(text.strip())
    kind = "USD" if unit.startswith("USD ") else unit
    example = _EXAMPLES.get(kind, "1.5 or 86M")
    if found and _decimal_comma(found):
        raise ValueError(
            f"{text[:60]!r}: a comma only groups thousands, as in 1,500; write decimals with a "
            "point, as in 1.5"
        )
    try:
        value = float(_ungrouped(found) if found else "")
    except ValueError:
        raise ValueError(f"{text[:60]!r} is not a number; write it like {example}") from None
    assert found is not None
    magnitude = (found["magnitude"] or "").lower()
    ratio = _conversion(" ".join(found["rest"].lower().split()), unit)
    wrong_currency = found["currency"] and kind != "USD"
    # In a time, m may be meant as minutes or months.
    unclear = unit in _MINUTES and magnitude in ("m", "mn", "mm")
    if ratio is None or wrong_currency or unclear:
        wanted = unit_words(unit) or "a plain number"
        raise ValueError(
            f"the unit in {text[:60]!r} does not fit here, where {wanted} is meant; "
            f"write it like {example}"
        )
    value *= _FACTORS[magnitude]
    value = -value if found["sign"] else value
    return value * ratio[0] / ratio[1]


def _decimal_comma(found: re.Match[str]) -> bool:
    """Tell whether a comma stands where it does not group thousands."""
    whole = found["whole"].strip()
    return found["rest"].startswith(",") or ("," in whole and not _GROUPED.fullmatch(whole))


def _ungrouped(found: re.Match[str]) -> str:
    """Return a number without the marks between its thousands; nothing if they stand elsewhere."""
    whole = found["whole"].strip()
    digits = re.sub(f"[{_MARKS}]", "", whole)
    if digits != whole and not _GROUPED.fullmatch(whole):
        return ""
    return digits + found["number"].removeprefix(found["whole"]).strip()


def _conversion(typed: str, unit: str) -> tuple[float, float] | None:
    """Return by what to multiply and divide a number with a typed unit, None if it is no such."""
    if unit == "share":
        return (1.0, 100.0) if typed in ("", "%", "percent") else None
    if typed in ("", unit.lower(), unit.lower().removesuffix("s")):
        return 1.0, 1.0
    if unit in _MINUTES and typed in _MINUTES:
        return _MINUTES[typed], _MINUTES[unit]
    rate = _RATE.fullmatch(typed)
    if unit == "per year" and rate and rate["period"] in _MINUTES:
        return _MINUTES["year"], _MINUTES[rate["period"]]
    if unit in ("ratio", "times") and typed in ("%", "percent"):
        return 1.0, 100.0
    dollars = unit == "USD" or unit.startswith("USD ")
    return (1.0, 1.0) if dollars and typed in ("usd", "$", "dollar", "dollars") else None
