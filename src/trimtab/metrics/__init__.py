"""What a metric is, and the families of metrics whose names a spec makes up."""

from .catalog import OWN_SET, POLICY, SCORE, SHARES, Metric, Share, rule_metric, score_metric, share_metric

__all__ = ["OWN_SET", "POLICY", "SCORE", "SHARES", "Metric", "Share", "rule_metric", "score_metric", "share_metric"]
