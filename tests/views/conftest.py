"""Pages under test wait for their figures: on a busy machine they would show fewer years first."""

from __future__ import annotations

import pytest
from visiting.browser import PATIENCE_S

from views.waiting import turns


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", PATIENCE_S)
