"""Whether the models that judge in a run may: each use of one, against its calibrations and the spec's limits.

Held to it is a model that is asked in words (a `judge:` scorer, a constitution's judge): what else scores is a function
with errors of its own that are told beside its figures.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from ..calibration import fingerprint_of, judged_trust, read_calibration, untrusted_fix
from ..errors import UserError
from ..metrics import POLICY, SCORE
from ..records import Calibration, ScorerRef, Trust, to_jsonl
from ..spec import JudgesSpec, LoadedSpec, scorers_in
from ..store import FileName, Run

if TYPE_CHECKING:
    from .stages.session import Session


class JudgesHeld:
    """The judges of a run and what was found of each, kept in the run's folder for its report."""

    def __init__(self, run: Run, loaded: LoadedSpec) -> None:
        self._run, self._loaded = run, loaded
        self._found: dict[tuple[str, str | None, str], Trust] = {}

    @property
    def _said(self) -> JudgesSpec:
        return self._loaded.spec.judges

    @cached_property
    def calibrations(self) -> list[Calibration]:
        """Those that the spec names. Raises UserError where one cannot be read."""
        return [read_calibration(self._loaded.path(name)) for name in self._said.calibrations]

    def read(self) -> None:
        """Reads the calibrations, also where no model judges. Raises UserError where one cannot be read."""
        assert self.calibrations is not None

    def hold(
        self,
        judge: str,
        fingerprint: Mapping[str, str],
        asked: Literal["answers", "pairs"],
        rule: str | None,
        use: str,
    ) -> Trust:
        """Whether a judge may decide for a rule; noted. Raises UserError where not, unless the spec takes its word."""
        found = judged_trust(self.calibrations, judge, fingerprint, rule, self._said.trust, asked=asked, use=use)
        self._found[judge, rule, use] = found
        if found.state != "trusted" and self._said.untrusted == "stop":
            of = f" for the rule {rule}" if rule is not None else ""
            raise UserError(
                f"{use} is decided by the judge {judge}{of}.",
                f"It is {found.state if found.state != 'unknown' else 'not known'} whether it may: {found.why}."
                if found.state != "not trusted"
                else f"It may not: {found.why}.",
                untrusted_fix(),
            )
        self._run.write(FileName.TRUST, to_jsonl(self._found.values()))
        return found


def hold_scorers(session: "Session") -> None:
    """Every model behind a server that scores for a rubric, a reward, a gate or a rule. Raises UserError where one may
    not, or a calibration cannot be read."""
    session.judges.read()
    uses = dict(_uses(session))
    opened = session.opened({ref for ref, _, _ in uses})
    for (ref, rule, _), use in uses.items():
        session.judges.hold(ref.name, fingerprint_of(opened[ref]), "answers", rule, use)


def _uses(session: "Session") -> Iterator[tuple[tuple[ScorerRef, str | None, str], str]]:
    """Each judge with the rule that it is asked about and its place, and what it decides there."""
    spec = session.spec
    for place, section in (("training data", spec.feedback), ("a reward", spec.training)):
        for _, ref in scorers_in(section):
            if ref.judge is not None:
                yield (ref, None, place), place.capitalize()
    gated = {gate.metric for gate in spec.gates}
    for ref in spec.evaluation.scorers:
        if ref.judge is not None and f"{SCORE}{ref.name}" in gated:
            yield (ref, None, "a gate"), f"A gate on {SCORE}{ref.name}"
    for rule in session.policy.rules if session.policy is not None else ():
        for check in rule.checks:
            if check.scorer is not None and check.scorer.judge is not None:
                yield (check.scorer, rule.id, "a rule"), f"Whether an answer breaks {POLICY}{rule.id}"
