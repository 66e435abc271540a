"""The judge of a spec's constitution, opened to be held against people: the very one that its run would ask."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ..calibration import RuleAsker
from ..errors import UserError
from ..spec import JudgesSpec, LoadedSpec
from ..store import Run
from .inputs import read_inputs
from .progress import Progress


@contextmanager
def judge_of_spec(loaded: LoadedSpec, progress: Progress) -> Iterator[RuleAsker]:
    """The judge of the first source `constitution` while the block lasts, with the rules of that constitution.

    Nothing is asked of it but whether it tells probabilities, where the spec leaves that open. Raises UserError where
    no source is one.
    """
    given = next((one.constitution for one in loaded.spec.feedback.sources if one.constitution is not None), None)
    if given is None:
        raise UserError(
            "The judge is that of a spec.",
            "None of its sources of feedback is a `constitution`.",
            "Give a spec that has one, or name a scorer.",
        )
    if given.judge.by_checks:
        raise UserError(
            "The judge is that of a spec.",
            "Its constitution is followed by the checks of the rules, and no model is asked.",
            "Name the scorers of those checks, one at a time.",
        )
    from .sources.who_judges import rule_judge, who_judges
    from .stages.session import Session

    plain = loaded.spec.model_copy(update={"judges": JudgesSpec(untrusted="told")})  # it is held here, not in a run
    held = replace(loaded, spec=plain)
    told = plain.model_dump(mode="json")
    with (
        tempfile.TemporaryDirectory() as folder,
        Run.open(Path(folder) / "run", name=plain.name, goal=plain.goal, spec=told, spec_folder=loaded.folder) as run,
    ):
        session = Session(run, held, read_inputs(held), progress)
        who = who_judges(session, given.judge)
        rules = {rule.id: rule for rule in held.constitution(given).rules}
        judge = rule_judge(session, given.judge, who)
        yield RuleAsker(judge, who.chat, rules, plain.seed, prices=given.judge.prices)
