"""What the platform's figures imply together (MODEL §2, "Ad load is derived and shown")."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array

USUAL_AD_LOAD_PER_HOUR = (30.0, 75.0)


def ad_load_per_hour(
    revenue_usd_per_year: ArrayLike,
    daily_users: ArrayLike,
    minutes_per_user_day: ArrayLike,
    cpm_usd: ArrayLike,
) -> Array:
    """Return the ad impressions per user-hour that the four figures imply; arrays broadcast.

    >>> round(float(ad_load_per_hour(13.4e9, 92e6, 66.0, 7.4)))
    49
    """
    user_hours = np.multiply(daily_users, minutes_per_user_day) * (365.0 / 60.0)
    impressions = np.divide(revenue_usd_per_year, cpm_usd) * 1000.0
    return np.asarray(impressions / user_hours, dtype=np.float64)
