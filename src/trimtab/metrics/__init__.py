"""What a metric is, and the families of metrics whose names a spec makes up."""

from .catalog import POLICY, SHARES, Metric, Share, rule_metric, share_metric

__all__ = ["POLICY", "SHARES", "Metric", "Share", "rule_metric", "share_metric"]
