"""Whether a server answers and the engine counts right: `python deploy/healthcheck.py URL`.

The server's own /_stcore/health tells only that it is up. This also simulates a few hundred years
and sees that they are sound, so a broken installation or a machine out of memory is noticed. Exit
status 0 and one line if all is well, 1 and the reason if not.
"""

from __future__ import annotations

import argparse
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

YEARS = 400
ANSWERS_WITHIN_S = 10


def server(url: str, wait_s: float) -> str | None:
    """Return what is wrong with the server, None if it answers within the time given to it."""
    until = time.monotonic() + wait_s
    while True:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=ANSWERS_WITHIN_S) as got:
                return None if got.read() == b"ok" else "the server answers, but not with ok"
        except (OSError, urllib.error.URLError) as error:
            if time.monotonic() >= until:
                return f"the server does not answer: {error}"
            time.sleep(0.5)


def engine() -> str | None:
    """Return what is wrong with the engine, None if years add up and come again the same."""
    import numpy as np

    from model import Scenario, simulate

    first, again = (simulate(Scenario.default(), years=YEARS)["loss_usd"] for _ in range(2))
    if not np.isfinite(first).all() or (first < 0).any() or not first.any():
        return "the engine's losses are not finite numbers from zero"
    return None if np.array_equal(first, again) else "the engine gives other years the second time"


def main() -> int:
    """Check the server and the engine and say what was found."""
    parser = argparse.ArgumentParser(description="whether a server and its engine answer")
    parser.add_argument("url", nargs="?", help="the server's address; without it only the engine")
    parser.add_argument("--wait", type=float, default=0.0, help="seconds it may take to start")
    given = parser.parse_args()
    began = time.monotonic()
    problem = (server(given.url.rstrip("/"), given.wait) if given.url else None) or engine()
    print(problem or f"ok in {time.monotonic() - began:.1f} s")
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
