"""What a metric is, and the families of metrics whose names a spec makes up."""

from .catalog import (
    OWN_SET,
    POLICY,
    REGIONS,
    SCORE,
    SHARES,
    Metric,
    Share,
    region_metric,
    rule_metric,
    score_metric,
    share_metric,
)
from .people import PEOPLE, PREFERRED, TO_BASELINE, AskedOfPeople, asked_of_people, people_metric, people_metrics

__all__ = [
    "OWN_SET",
    "PEOPLE",
    "POLICY",
    "PREFERRED",
    "REGIONS",
    "SCORE",
    "SHARES",
    "TO_BASELINE",
    "AskedOfPeople",
    "Metric",
    "Share",
    "asked_of_people",
    "people_metric",
    "people_metrics",
    "region_metric",
    "rule_metric",
    "score_metric",
    "share_metric",
]
