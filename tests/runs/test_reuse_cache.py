"""The cache behind everything that is remembered between runs: what it holds, and how much."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from model.runs.reuse import what_is_reused
from model.runs.reuse.cache import Cache, owners
from model.scenario.scenario import Scenario
from model.worlds.prepared import prepare

PATIENCE_S = 120


@dataclass(frozen=True)
class Held:
    array: np.ndarray
    more: dict[str, tuple[np.ndarray, ...]]


def test_views_count_as_the_array_they_look_into() -> None:
    whole = np.zeros(1000)
    cache = Cache(most_bytes=20_000)
    cache.put("a", Held(whole[:10], {"rows": (whole.reshape(10, 100), whole)}))
    assert cache.held_bytes == 8000
    cache.put("b", whole[5:])
    assert cache.held_bytes == 8000
    cache.put("a", 1)
    assert cache.held_bytes == 8000
    cache.put("b", 1)
    assert cache.held_bytes == 0


def test_what_was_asked_for_last_stays() -> None:
    cache = Cache(most_bytes=2000)
    for key in "ab":
        cache.put(key, np.zeros(100))
    assert cache.get("a") is not None
    cache.put("c", np.zeros(100))
    assert (cache.get("a") is None, cache.get("b") is None) == (False, True)


def test_what_does_not_fit_leaves_the_rest_alone() -> None:
    cache = Cache(most_bytes=1000)
    cache.put("small", np.zeros(10))
    cache.put("large", np.zeros(1000))
    assert cache.get("large") is None
    assert cache.get("small") is not None


@given(st.lists(st.tuples(st.integers(0, 5), st.lists(st.integers(0, 7), max_size=4))))
def test_it_holds_what_it_says(puts: list[tuple[int, list[int]]]) -> None:
    """Whatever is put under whatever keys, arrays shared or not: counted once, within bounds."""
    arrays = [np.zeros(10 * (k + 1)) for k in range(8)]
    cache = Cache(most_bytes=1500)
    for key, chosen in puts:
        cache.put(key, [arrays[k] for k in chosen])
        kept = {id(a): a.nbytes for k in range(6) for a in owners(cache.get(k) or ())}
        assert cache.held_bytes == sum(kept.values()) <= 1500
    cache.clear()
    assert cache.held_bytes == 0


def test_many_threads_may_ask() -> None:
    cache = Cache(most_bytes=4000)

    def ask(k: int) -> bool:
        cache.put(k % 7, np.full(100, k % 7))
        found = cache.get(k % 7)
        return found is None or bool((found == k % 7).all())

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(2000)))
    assert 0 < cache.held_bytes <= 4000


def test_everyday_runs_stay_within_the_bytes() -> None:
    what_is_reused.kept.clear()
    for seed in range(3):
        what_is_reused.simulate(Scenario.default(), years=2000, seed=seed)
    assert 1e6 < what_is_reused.kept.held_bytes < what_is_reused.kept.most_bytes


def test_what_several_ask_for_at_once_is_made_once() -> None:
    cache, made, begun, go = Cache(most_bytes=1_000), [], Event(), Event()

    def make() -> str:
        made.append("one")
        begun.set()
        assert go.wait(PATIENCE_S)
        return "one"

    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(cache.once, "a", make)
        assert begun.wait(PATIENCE_S)
        others = [threads.submit(cache.once, "a", make, still_wanted=go.set) for _ in range(2)]
        assert [first.result(), *(one.result() for one in others)] == ["one"] * 3
    assert made == ["one"]


def test_what_was_given_up_is_made_by_the_next() -> None:
    cache, begun, go = Cache(most_bytes=1_000), Event(), Event()

    def give_up() -> str:
        begun.set()
        assert go.wait(PATIENCE_S)
        raise InterruptedError

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(cache.once, "a", give_up)
        assert begun.wait(PATIENCE_S)
        second = threads.submit(cache.once, "a", lambda: "mine", still_wanted=go.set)
        assert isinstance(first.exception(), InterruptedError)
        assert second.result() == "mine"


def test_bytes_besides_arrays_count_too() -> None:
    cache = Cache(most_bytes=1_000)
    cache.put("a", "text", besides=600)
    cache.put("b", "text", besides=600)
    assert (cache.get("a"), cache.held_bytes) == (None, 600)
    cache.put("b", "text", besides=10)
    assert cache.held_bytes == 10


def test_what_refers_to_itself_can_be_weighed() -> None:
    cache = Cache(most_bytes=1_000)
    around: list[object] = [np.zeros(10)]
    around.append(around)
    cache.put("a", around)
    assert cache.held_bytes == 80


def test_calendars_do_not_count_as_they_are_kept_once_for_all() -> None:
    calendar = prepare(Scenario.default()).calendar
    assert not list(owners((calendar, {"again": calendar})))
    assert list(owners((calendar, np.zeros(3))))
