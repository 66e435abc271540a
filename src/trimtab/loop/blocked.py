"""What stops a run before it trains: findings of the audit that must be mended first."""

from collections.abc import Sequence

from ..records import Finding


class AuditBlocked(Exception):
    """The comparisons must not be trained on as they are."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        told = "; ".join(f"{finding.id}: {finding.summary} {finding.remedy}" for finding in findings)
        super().__init__(f"The audit stopped the run before it trained. {told}")
        self.findings = tuple(findings)
