"""Downstream: what outages cost a creator platform, as a distribution of annual loss.

>>> from model import Scenario, simulate
>>> result = simulate(Scenario.default(), years=1000)
>>> len(result.measures()) > 10
True
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from model.version import VERSION as __version__

if TYPE_CHECKING:
    from model.compare import compare
    from model.replay import replay
    from model.scenario.scenario import Scenario
    from model.simulate import simulate

__all__ = ["Scenario", "__version__", "compare", "replay", "simulate"]

# The verbs are called like the modules they live in.
_VERBS = ("compare", "replay", "simulate")
_HOMES = {"Scenario": "scenario.scenario"} | {verb: verb for verb in _VERBS}


class _Package(ModuleType):
    """The package `model`, in which the name of a verb means the function.

    Importing a module binds its name in its package; for `model.simulate` and its like the function
    is bound instead, whoever imports the module and in what order.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if name in _VERBS and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)


sys.modules[__name__].__class__ = _Package
