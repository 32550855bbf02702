"""The commands of the command line, in the order in which help lists them.

A verb is one file with one `Command`: a function that adds its options and one that runs it.
"""

from __future__ import annotations

from model.cli.backtest import BACKTEST
from model.cli.check import CHECK
from model.cli.compare import COMPARE
from model.cli.console import Command
from model.cli.drivers import DRIVERS
from model.cli.fit import FIT
from model.cli.replay import REPLAY
from model.cli.report import REPORT
from model.cli.run import RUN
from model.cli.start import START
from model.cli.validate import VALIDATE

COMMANDS: tuple[Command, ...] = (
    RUN,
    REPLAY,
    COMPARE,
    DRIVERS,
    START,
    FIT,
    BACKTEST,
    VALIDATE,
    REPORT,
    CHECK,
)
