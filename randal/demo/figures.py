"""Example percents of the story's reports: spread so that some units lead and some lag."""

from __future__ import annotations

from decimal import Decimal

NAMES = ("physical_plan", "physical_actual", "financial_plan", "financial_actual")
# The months before the meeting's, with how much of its figures each had reached: a curve needs more than one point, and
# "sejak periode lalu" a period before.
EARLIER = {
    "2018-03": ("2018-03-31", "0.40"),
    "2018-04": ("2018-04-30", "0.58"),
    "2018-05": ("2018-05-31", "0.80"),
}


def figures(position: int, number: int, share: str = "1") -> list[str]:
    """The four percents of the unit's activity of this number, when this share of them was reached."""
    plan = 38 + (position * 7 + number * 5) % 19
    lag = (position * 11 + number * 3) % 23 - 8
    paid = 30 + (position * 5 + number * 9) % 21
    whole = (f"{plan}.50", f"{max(plan - lag, 5)}.25", f"{paid + 4}.00", f"{max(paid - lag // 2, 3)}.75")
    return [str((Decimal(each) * Decimal(share)).quantize(Decimal("0.01"))) for each in whole]


def rows(activities: list[int], position: int, share: str = "1") -> list[dict[str, object]]:
    """As /progress-reports takes them."""
    return [
        {"activity_id": activity} | dict(zip(NAMES, figures(position, number, share), strict=True))
        for number, activity in enumerate(activities)
    ]
