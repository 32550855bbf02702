"""Downstream: what outages cost a creator platform, as a distribution of annual loss.

>>> from model import Scenario, simulate
>>> result = simulate(Scenario.default(), years=1000)
>>> len(result.measures()) > 10
True

To change one belief:

>>> from model import Belief
>>> dearer = Scenario.default().with_({"platform.cpm": Belief("lognormal", 6.0, 14.0)})
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from model.version import VERSION as __version__

# Before NumPy is loaded: runs have threads of their own, those of BLAS would only wait for each
# other, and the last digits would depend on how many there are.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if TYPE_CHECKING:
    from model.beliefs.belief import Belief
    from model.decisions.compare import compare
    from model.replays.replay import replay
    from model.runs.precision import simulate_until
    from model.runs.reuse.what_is_reused import simulate
    from model.scenario.scenario import Scenario

__all__ = ["Belief", "Scenario", "__version__", "compare", "replay", "simulate", "simulate_until"]

_HOMES = {
    "Belief": "beliefs.belief",
    "Scenario": "scenario.scenario",
    "compare": "decisions.compare",
    "replay": "replays.replay",
    "simulate": "runs.reuse.what_is_reused",
    "simulate_until": "runs.precision",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for: a command must not wait for all of them."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
