"""What a metric is, and the families of metrics whose names a spec makes up."""

from .catalog import POLICY, SCORE, SHARES, Metric, Share, rule_metric, score_metric, share_metric

__all__ = ["POLICY", "SCORE", "SHARES", "Metric", "Share", "rule_metric", "score_metric", "share_metric"]
