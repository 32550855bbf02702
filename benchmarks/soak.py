"""Many visitors for a long time: how long they wait, and what the server holds; prints Markdown.

    python benchmarks/soak.py [--minutes 60] [--visitors 30] [--think 3] [--hostile] [--url URL]

Serves the app (or goes to one that runs on this machine, `--url` with `--pid`) and sends visitors
who speak its own protocol without drawing anything. Each moves sliders, changes pages, leaves after
a while and comes back as somebody else. With `--hostile`, one visitor has a link in which every
rate is as high as it may be; its waits are not counted. Waits mean something only beside the load
of the machine, which is printed too.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlparse

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from visiting.browser import free_port  # noqa: E402

from model.scenario.scenario import Scenario  # noqa: E402

STAYS = 25
"""Moves of a visit."""
CHANGES_PAGE = 0.15
"""Chance that a move goes to another page."""
_OVER = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN)
PATIENCE_S = 120.0
SAMPLES = 24
"""Rows of the table of memory."""


Held = list[tuple[float, float]]
"""Seconds, and megabytes that the server held then."""


@dataclass
class Seen:
    """What all visitors met with."""

    first: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Seconds from a move to the first new figure, by page."""
    whole: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Seconds from a move until nothing more comes, by page."""
    errors: list[str] = field(default_factory=list)
    visits: int = 0


@dataclass
class Slider:
    """A two-handled slider: where its handles are, and how many stops it has."""

    at: list[int]
    options: list[str]

    def move(self, rng: random.Random) -> None:
        """Move the upper handle a little."""
        low, high = self.at
        step = rng.choice((-3, -2, -1, 1, 2, 3))
        self.at = [low, min(len(self.options) - 1, max(low + 1, high + step))]


class Visit:
    """One visitor's page, as the browser knows it."""

    def __init__(self, socket: websockets.ClientConnection, query: str, seen: Seen) -> None:
        """Take over an open connection; nothing is asked for yet."""
        self._socket, self._query, self._seen = socket, query, seen
        self._sliders: dict[str, Slider] = {}
        self._moved: set[str] = set()
        self._pages: dict[str, str] = {}
        self._page = ""

    async def act(self, rng: random.Random) -> None:
        """Do what a visitor does next, and wait for all of it."""
        others = [page for page in self._pages.values() if page != self._page]
        if others and (not self._sliders or rng.random() < CHANGES_PAGE):
            self._page = rng.choice(others)
            self._sliders.clear()
            self._moved.clear()
        elif self._sliders:
            name = rng.choice(list(self._sliders))
            self._sliders[name].move(rng)
            self._moved.add(name)
        await self.ask()

    async def ask(self) -> None:
        """Have the page computed as it stands, and note how long that takes."""
        begun = time.perf_counter()
        await self._socket.send(self._message())
        first: float | None = None
        while True:
            left = begun + PATIENCE_S - time.perf_counter()
            raw = await asyncio.wait_for(self._socket.recv(), left)
            message = ForwardMsg.FromString(bytes(raw))
            if self._take(message) and first is None:
                first = time.perf_counter() - begun
            over = message.WhichOneof("type") == "script_finished"
            if over and message.script_finished in _OVER:
                break
        whole, page = time.perf_counter() - begun, self._named()
        self._seen.first[page].append(whole if first is None else first)
        self._seen.whole[page].append(whole)

    def _message(self) -> bytes:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash = self._query, self._page
        for name in self._moved & set(self._sliders):
            state = WidgetState(id=name)
            slider = self._sliders[name]
            state.string_array_value.data.extend(slider.options[k] for k in slider.at)
            asked.widget_states.widgets.append(state)
        return message.SerializeToString()

    def _take(self, message: ForwardMsg) -> bool:
        """Note what a message brings; tell whether it is a figure."""
        kind = message.WhichOneof("type")
        if kind == "navigation":
            pages = message.navigation.app_pages
            self._pages = {page.url_pathname: page.page_script_hash for page in pages}
            self._page = message.navigation.page_script_hash
        if kind != "delta" or message.delta.WhichOneof("type") != "new_element":
            return False
        element = message.delta.new_element
        what = element.WhichOneof("type")
        if what == "slider" and len(element.slider.default) == 2:
            slider = element.slider
            at = slider.value if slider.set_value else slider.default
            self._sliders[slider.id] = Slider([int(x) for x in at], list(slider.options))
        if what == "exception":
            self._seen.errors.append(element.exception.message[:120])
        return what == "metric"

    def _named(self) -> str:
        names = {hash: name for name, hash in self._pages.items()}
        return names.get(self._page) or "overview"


async def come_and_go(
    url: str, number: int, until: float, think_s: float, seen: Seen, query: str
) -> None:
    """Be one visitor after the other until the time is over."""
    rng = random.Random(number)
    host = urlparse(url).netloc
    while time.monotonic() < until:
        try:
            async with websockets.connect(
                f"ws://{host}/_stcore/stream",
                max_size=None,
                origin=websockets.Origin(url),
                subprotocols=[websockets.Subprotocol("streamlit")],
            ) as socket:
                visit = Visit(socket, query, seen)
                seen.visits += 1
                await visit.ask()
                for _ in range(STAYS):
                    await asyncio.sleep(rng.expovariate(1.0 / think_s))
                    if time.monotonic() > until:
                        break
                    await visit.act(rng)
        except (OSError, TimeoutError, websockets.WebSocketException) as error:
            seen.errors.append(repr(error)[:120])
            await asyncio.sleep(1.0)


def resident_mb(pid: int) -> float:
    """Return what a process holds in memory, MB."""
    asked = ["ps", "-o", "rss=", "-p", str(pid)]
    return int(subprocess.run(asked, capture_output=True, text=True, check=True).stdout) / 1000


async def sample(pid: int, until: float, every_s: float, held: Held) -> None:
    """Note the server's memory now and then."""
    begun = time.monotonic()
    while time.monotonic() < until:
        held.append((time.monotonic() - begun, resident_mb(pid)))
        await asyncio.sleep(every_s)


def hostile_query() -> str:
    """Return a link in which every cause strikes as often as it may."""
    names = (f"incidents.{cause}.rate_per_year" for cause in Scenario.default().causes)
    return urlencode(dict.fromkeys(names, "1000"))


@contextmanager
def app(port: int) -> Iterator[tuple[str, int]]:
    """Serve the app; yield its address and process."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with subprocess.Popen(
        [*command, "--server.headless", "true"], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as server:
        try:
            time.sleep(8)
            yield f"http://127.0.0.1:{port}", server.pid
        finally:
            server.terminate()


async def soak(options: argparse.Namespace, url: str, pid: int) -> tuple[Seen, Held]:
    """Send the visitors, then watch the server for a while without any."""
    seen, held = Seen(), Held()
    until = time.monotonic() + 60.0 * options.minutes
    queries = ["" if k or not options.hostile else hostile_query() for k in range(options.visitors)]
    hostile = Seen()
    every = 60.0 * options.minutes / SAMPLES
    watch = asyncio.create_task(sample(pid, until + options.after, every, held))
    await asyncio.gather(
        *(
            come_and_go(url, k, until, options.think, hostile if query else seen, query)
            for k, query in enumerate(queries)
        )
    )
    await watch
    return seen, held


def waits(times: dict[str, list[float]], page: str) -> str:
    """Return median and 95th percentile of a page."""
    found = sorted(times[page])
    late = found[min(len(found) - 1, int(0.95 * len(found)))]
    return f"{statistics.median(found):.2f} / {late:.2f}"


def report(options: argparse.Namespace, seen: Seen, held: Held) -> str:
    """Return the tables."""
    hostile = ", one of them hostile" if options.hostile else ""
    moves = sum(map(len, seen.whole.values()))
    lines = [
        f"{options.visitors} visitors at a time{hostile}, a move every {options.think:.0f} s each, "
        f"{options.minutes:.0f} minutes: {seen.visits} visits, {moves} moves, "
        f"{len(seen.errors)} errors. "
        f"Load of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.",
        "",
        "| page | moves | first figure, s: median / p95 | all of it |",
        "|---|---:|---:|---:|",
    ]
    for page in sorted(seen.whole):
        first, whole = waits(seen.first, page), waits(seen.whole, page)
        lines.append(f"| {page} | {len(seen.whole[page])} | {first} | {whole} |")
    lines += ["", "| minutes | memory of the server, MB |", "|---:|---:|"]
    lines += [f"| {at / 60:.1f} | {mb:.0f} |" for at, mb in held]
    return "\n".join([*lines, *sorted(set(seen.errors))[:10]])


def main() -> int:
    """Print what was found; return 1 if anything failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument(
        "--think", type=float, default=3.0, help="seconds between moves, on average"
    )
    parser.add_argument("--after", type=float, default=180.0, help="seconds watched afterwards")
    parser.add_argument("--hostile", action="store_true", help="one visitor asks for all there is")
    parser.add_argument("--url", help="of an app that is served already")
    parser.add_argument("--pid", type=int, help="of its process")
    options = parser.parse_args()
    if options.url:
        seen, held = asyncio.run(soak(options, options.url, options.pid))
    else:
        with app(free_port()) as (url, pid):
            seen, held = asyncio.run(soak(options, url, pid))
    print(report(options, seen, held))
    return 1 if seen.errors else 0


if __name__ == "__main__":
    sys.exit(main())
