"""The metrics an evaluation can hold: one table, read by specs, gates and reports."""

from .catalog import METRICS, POLICY, SCORE, SHARES, Metric, metric_named

__all__ = ["METRICS", "POLICY", "SCORE", "SHARES", "Metric", "metric_named"]
