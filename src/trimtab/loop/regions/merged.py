"""One more adapter, trained on the feedback of all regions at once: what an adapter a region is held against."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from ...records import to_jsonl
from ...spec import MERGED, LoadedSpec
from ...store import Run, Stage, StageName, digest, write_atomic
from .. import stages
from ..gather import Gathered
from ..inputs import Inputs
from ..progress import Progress
from ..publish import feedback_of
from ..run import at_work, trained
from ..supervision import read_gathered, supervision_inputs, write_gathered
from .one import Named

_PROMPTS = "prompts_train.jsonl"


def train_merged(
    loaded: LoadedSpec, regions: Mapping[str, Run], inputs: Mapping[str, Inputs], out: Path, progress: Progress,
    start: Stage | None,
) -> Stage:  # fmt: skip
    """Trains, in a run of its own in `out`, on the rows that the regions' runs have trained on; returns the training.

    It starts where they do: from what the training `start` ended in, if there is one. The rows are not audited anew:
    that regions contradict each other is what the comparison is about.
    """
    prompts = tuple(prompt for each in inputs.values() for prompt in each.train)
    text = to_jsonl(prompts)
    told = loaded.spec.prompts.model_copy(update={"train": str((out / _PROMPTS).resolve())})
    loaded = replace(loaded, spec=loaded.spec.model_copy(update={"prompts": told}))
    given = Inputs(prompts, (), (), (), {"train": digest(text)})
    spec = loaded.spec.model_dump(mode="json")
    with (
        Run.open(out, name=loaded.spec.name, goal=loaded.spec.goal, spec=spec, spec_folder=loaded.folder) as run,
        at_work(run, loaded, given, Named(progress, MERGED)) as session,
    ):
        write_atomic(out / _PROMPTS, text)
        if start is not None:
            session.go_on_from(start)
        training = trained(session, _feedback(session, {name: feedback_of(each) for name, each in regions.items()}))
        run.keep_stages(session.used)
        return training


def _feedback(session: stages.Session, of: Mapping[str, Stage]) -> Stage:
    inputs = {f"{name}.{key}": value for name, each in of.items() for key, value in supervision_inputs(each).items()}
    stage = session.stage(StageName.FEEDBACK, {"regions": list(of)}, inputs)
    return session.do(stage, lambda: _write(stage, [read_gathered(each) for each in of.values()]))


def _write(stage: Stage, found: Iterable[Gathered]) -> None:
    write_gathered(stage, joined(found))


def joined(found: Iterable[Gathered]) -> Gathered:
    """The rows of several gatherings as of one: their sources one after another."""
    whole = Gathered((), (), (), 0)
    for each in found:
        first = len(whole.sources)
        rows = tuple(row.model_copy(update={"source": row.source + first}) for row in each.rows)
        whole = Gathered(
            (*whole.sources, *each.sources), (*whole.rows, *rows), (*whole.rejected, *each.rejected),
            whole.read + each.read,
        )  # fmt: skip
    return whole
