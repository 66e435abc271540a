"""What stops a run before it trains: findings of the audit that must be mended first."""

from collections.abc import Sequence

from ..records import Finding


class AuditBlocked(Exception):
    """The comparisons must not be trained on as they are."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(", ".join(finding.id for finding in findings))
        self.findings = tuple(findings)
