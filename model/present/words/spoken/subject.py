"""The subject: the scenario that words, charts and files speak of, with its money and its names.

Who opens a door – a page, a verb, a deck, a report, a bundle – says once of which scenario is
spoken, and every sentence under it is in that scenario's currency. It is kept in a context
variable: each thread, and so each visitor, has its own.

>>> from model.scenario.scenario import Scenario
>>> with speaking_of(Scenario.default().with_({"simulation.currency": "CHF"})):
...     currency().code
'CHF'
>>> currency().code
'USD'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from model.assumptions.currency import Currency
from model.assumptions.currency import currency as currency_of
from model.assumptions.declaration import Assumption
from model.assumptions.lookup import Entry
from model.scenario.scenario import Scenario
from model.worlds.clock import called

_SUBJECT: ContextVar[Scenario | None] = ContextVar("subject", default=None)
_asked: list[Callable[[], Scenario | None]] = []
"""Who tells what is spoken of where nobody has said: the pages, in a thread of their own."""


@contextmanager
def speaking_of(scenario: Scenario) -> Iterator[None]:
    """Speak of a scenario until the block ends."""
    before = _SUBJECT.set(scenario)
    try:
        yield
    finally:
        _SUBJECT.reset(before)


def speak_of(scenario: Scenario) -> None:
    """Speak of a scenario from here on, as long as this thread or the block around it lasts."""
    _SUBJECT.set(scenario)


def otherwise_ask(who: Callable[[], Scenario | None]) -> None:
    """Have somebody asked for the scenario where none has been said in a thread."""
    _asked[:] = [who]


def subject() -> Scenario:
    """Return the scenario that is spoken of; the default while nobody has said."""
    found = _SUBJECT.get()
    if found is None and _asked:
        found = _asked[0]()
    return found or Scenario.default()


def currency() -> Currency:
    """Return the currency in which money is said."""
    return currency_of(subject().currency)


def code() -> str:
    """Return the code of that currency."""
    return subject().currency


def clock() -> str:
    """Return what people call the time in which hours are said."""
    return called(subject().time_zone)


def key() -> tuple[str, str]:
    """Return what of the subject the labels of a chart depend on, for what is kept of charts."""
    return subject().currency, subject().time_zone


def declared(name: str) -> Entry:
    """Return a row's declaration as the subject says it; KeyError if there is none."""
    return subject().declared(name)


def assumption(name: str) -> Assumption:
    """Return the declaration of a belief as the subject says it; KeyError if it is none."""
    return subject().assumption(name)


def cause_label(cause: str) -> str:
    """Return what the subject calls a cause."""
    return subject().cause_label(cause)
