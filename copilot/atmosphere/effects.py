"""What was measured before and after a step: means of days with the interval of their difference. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Sequence

from copilot.atmosphere.alert_models import Effect
from copilot.atmosphere.alert_wording import EFFECT
from copilot.atmosphere.thresholds import Alerting
from copilot.atmosphere.wording import Locale

# Two-sided 95 % quantiles of Student's t by degrees of freedom, 2 to 6.
_T95 = {2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447}


def effect(before: Sequence[float], after: Sequence[float], locale: Locale, rules: Alerting) -> Effect:
    """Return the comparison, or that it is too early; each side has at most `rules.effect_days` values.

    Welch's interval with the smaller sample's degrees of freedom, which is never too narrow.
    """
    counts = {"before_days": len(before), "after_days": len(after)}
    if min(len(before), len(after)) < rules.least_days:
        said = EFFECT[locale]["early"].format(least=rules.least_days, **counts)
        return Effect(before=None, after=None, days_before=len(before), days_after=len(after), sentence=said)
    means = [sum(values) / len(values) for values in (before, after)]
    variances = [
        sum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values)
        for values, mean in zip((before, after), means, strict=True)
    ]
    difference = means[1] - means[0]
    half = _T95[min(len(before), len(after), 7) - 1] * math.sqrt(sum(variances))
    figures = {
        "before": means[0], "after": means[1], "difference": difference, "low": difference - half,
        "high": difference + half,
    }  # fmt: skip
    said = EFFECT[locale]["known"].format(**{name: f"{value:.2f}" for name, value in figures.items()}, **counts)
    rounded = {name: round(value, 4) for name, value in figures.items()}
    return Effect(days_before=len(before), days_after=len(after), sentence=said, **rounded)
