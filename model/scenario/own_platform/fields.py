"""The facts that make a scenario: field, row, and the yardstick when it is open (PRODUCT page 0).

>>> FIELDS["uploads"].row, FIELDS["uploads"].yardsticks
('publishing.uploads_per_day', ('users',))
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from model.assumptions.currency import NAME as CURRENCY
from model.assumptions.currency import is_money
from model.assumptions.declaration import Assumption
from model.assumptions.lookup import declared

PER_INCIDENT, PER_HOUR = "costs.response_per_incident", "costs.response_per_hour"
FAILOVER = "resilience.failover_success"


@dataclass(frozen=True)
class Field:
    """One fact: its key, label, unit and help, the row it becomes, by what it is scaled if open."""

    key: str
    label: str
    row: str
    help: str
    yardsticks: tuple[str, ...] = ()
    """Facts by which the default is scaled: the first that is given, else the last.

    Without one the default is taken over as it is.
    """
    unit: str = ""
    """Unit in which it is given; empty for a word."""

    def yardstick(self, given: Container[str]) -> str:
        """Return by which fact it is scaled if open, of those that are given; nothing if by none.

        >>> FIELDS["commerce"].yardstick({"users"}), FIELDS["commerce"].yardstick({"revenue"})
        ('users', 'revenue')
        """
        last = self.yardsticks[-1] if self.yardsticks else ""
        return next((key for key in self.yardsticks if key in given), last)

    @property
    def is_word(self) -> bool:
        """Whether the fact is a text, not a number."""
        return not self.unit

    def unit_in(self, currency: str) -> str:
        """Return the unit in which it is given where money is in a currency."""
        return currency + self.unit[len(currency) :] if is_money(self.unit) else self.unit

    @property
    def single(self) -> bool:
        """Whether one number is needed: no interval makes sense."""
        item = declared(self.row)
        fixed = isinstance(item, Assumption) and item.per == "fixed"
        return fixed or self.key in (*RESPONSE, "regions")


def _number(key: str, label: str, row: str, help: str, *yardsticks: str) -> Field:
    item = declared(row)
    assert isinstance(item, Assumption)
    return Field(key=key, label=label, row=row, help=help, yardsticks=yardsticks, unit=item.unit)


_ALL = (
    Field("name", "Name", "platform.name", "What the platform is called, on every page and slide."),
    Field(
        "currency", "Currency", CURRENCY,
        "Code like EUR. Every amount below is in it; numbers stay until converted.",
    ),
    Field(
        "time_zone", "Time zone", "simulation.time_zone",
        "Zone of the platform’s clock, like Europe/Berlin.",
    ),
    _number(
        "users", "Daily users", "platform.daily_users",
        "People who open the app on an average day.", "revenue",
    ),
    _number(
        "minutes", "Minutes per daily user", "platform.minutes_per_user_day",
        "Average minutes a daily user spends in the app.",
    ),
    _number(
        "visits", "Visits per daily user", "platform.visits_per_user_day",
        "How often a daily user opens the app in a day.",
    ),
    _number(
        "revenue", "Ad revenue per year", "platform.ad_revenue_per_year",
        "Advertising revenue in an undisturbed year.", "users",
    ),
    _number(
        "commerce", "Commerce revenue per year", "revenue.commerce_per_year",
        "What the platform keeps of shop orders, gifts and tips. 0 if there are none.",
        "revenue", "users",
    ),
    _number(
        "subscriptions", "Subscriptions per year", "revenue.subscriptions_per_year",
        "Fees that viewers pay. 0 if there are none.", "revenue", "users",
    ),
    _number(
        "uploads", "Uploads per day", "publishing.uploads_per_day",
        "Videos that creators post on an average day.", "users",
    ),
    _number(
        "cloud_bill", "Cloud bill per year", "platform.cloud_bill_per_year",
        "What the cloud provider is paid in a year. Prices of remedies follow from it.", "revenue",
    ),
    Field(
        key="people", label="People on an incident", row=PER_HOUR,
        help="How many people work on one incident.", yardsticks=("cloud_bill",), unit="people",
    ),
    Field(
        key="hours", label="Hours each, after it", row=PER_INCIDENT,
        help="Hours that each of them works on it besides the incident itself: review, reports, "
        "customers.", yardsticks=("cloud_bill",), unit="h",
    ),
    Field(
        key="rate", label="Cost of an hour", row=PER_HOUR,
        help="What an hour of one of them costs, everything included.", yardsticks=("cloud_bill",),
        unit=_number("", "", PER_HOUR, "").unit,
    ),
    Field(
        key="regions", label="Cloud regions", row=FAILOVER,
        help="How many regions can each carry the platform. With two or more, failover and the "
        "rates of incidents are those of the preset of a two-region platform.",
        yardsticks=(), unit="regions",
    ),
    _number(
        "months", "Months since the last migration", "simulation.platform_age_months",
        "A young platform has more incidents. Left open, no migration in the last five years.",
    ),
    _number(
        "tolerance", "Tolerance", "simulation.tolerance",
        "The loss of one year above which the year counts as bad.", "revenue",
    ),
)  # fmt: skip

FIELDS = {field.key: field for field in _ALL}
RESPONSE = ("people", "hours", "rate")
"""Facts that make one cost together: people × hours × rate."""
