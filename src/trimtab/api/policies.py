"""`check_policy`: what is wrong with a policy, or a constitution, as it is written."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..policy import check_policy as run_checks
from ..records import Finding, Policy, worst_first
from .inputs import PolicyLike, policy_from
from .results import Result, by_weight, frame_of

if TYPE_CHECKING:
    import polars


@dataclass(frozen=True, repr=False)
class PolicyResult(Result):
    """What was found in a policy, worst first; a row of the frame is a finding, whose `rows` are rules."""

    policy: Policy
    findings: tuple[Finding, ...]

    @property
    def blocks(self) -> bool:
        """Whether something must be mended before anything is judged by it."""
        return any(finding.severity == "block" for finding in self.findings)

    @property
    def summary(self) -> str:
        """How many rules, and findings by weight."""
        rules = f"{len(self.policy.rules)} rule{'' if len(self.policy.rules) == 1 else 's'}"
        return f"{self.policy.name}: {rules}, {by_weight(self.findings)}"

    def to_frame(self) -> "polars.DataFrame":
        """A row a finding: severity, id, summary, remedy, rows."""
        import polars as pl

        schema = {"severity": pl.String, "id": pl.String, "summary": pl.String, "remedy": pl.String}
        return frame_of([finding.model_dump() for finding in self.findings], {**schema, "rows": pl.List(pl.String)})


def check_policy(policy: PolicyLike) -> PolicyResult:
    """Looks for rules that stand twice, contradict each other on an example, are touched by no example, or are spoken
    against by their own examples; for what is left unsaid, and rules that no check tells of.

    Raises UserError where it is no policy.
    """
    rules = policy_from(policy)
    assert rules is not None
    return PolicyResult(rules, tuple(worst_first(run_checks(rules))))
