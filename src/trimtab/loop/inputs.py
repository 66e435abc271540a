"""What a run starts from: checked files and the model's name; read before anything heavy is loaded."""

from dataclasses import dataclass
from pathlib import Path

from ..data import near_duplicates, read_prompts
from ..errors import UserError
from ..records import Prompt
from ..spec import FileSpec, LoadedSpec, Spec
from ..store import file_digest
from .evaluation.items import BenchmarkItems, read_items


@dataclass(frozen=True)
class Inputs:
    """The spec's files, read; and the hash of each, by the name it has in manifests. `benchmarks` are what measures."""

    train: tuple[Prompt, ...]
    heldout: tuple[Prompt, ...]
    benchmarks: tuple[BenchmarkItems, ...]
    files: tuple[tuple[FileSpec, Path], ...]
    hashes: dict[str, str]


def read_inputs(loaded: LoadedSpec) -> Inputs:
    """Reads every file of the spec. Raises UserError where one is broken, or held-out prompts are trained on."""
    prompts = loaded.spec.prompts
    files = {"train": loaded.path(prompts.train), "heldout": loaded.path(prompts.heldout)}
    train, heldout = read_prompts(files["train"]), read_prompts(files["heldout"])
    folders = [loaded.path(place) for place in (loaded.spec.evaluation.data,) if place is not None]
    feedback = tuple((file, loaded.path(file.path)) for file in loaded.spec.feedback.files)
    files.update({f"feedback.{place}": path for place, (_, path) in enumerate(feedback)})
    for one in loaded.spec.feedback.sources:
        if one.constitution is not None:
            loaded.constitution(one.constitution)
    _refuse_leaks(train, heldout)
    _refuse_kinds(loaded.spec, {prompt.kind for prompt in heldout})
    return Inputs(
        tuple(train),
        tuple(heldout),
        tuple(read_items(loaded.benchmarks, loaded.sources, folders)),
        feedback,
        {name: file_digest(path) for name, path in files.items()},
    )


def notes_on(loaded: LoadedSpec, inputs: Inputs) -> list[str]:
    """What a user should know of the files before a run: how many held-out prompts the points leave out."""
    if loaded.points is None:
        return []
    without = [prompt.id for prompt in inputs.heldout if loaded.points.of(prompt.text) is None]
    if not without:
        return []
    few = f"{', '.join(without[:3])}{', …' if len(without) > 3 else ''}"
    return [
        f"{len(without)} of {len(inputs.heldout)} held-out prompts have no points ({few}): "
        "help.points leaves them out, and help.helps judges them without."
    ]


def _refuse_kinds(spec: Spec, kinds: set[str]) -> None:
    for gate in spec.gates:
        family, _, kind = gate.metric.partition(".")
        if family in spec.evaluation.shares and kind not in kinds:
            raise UserError(
                f"A gate looks at {gate.metric}.",
                f"No held-out prompt is of the kind {kind!r}.",
                f"The kinds are {', '.join(sorted(kinds))}; correct the gate or prompts.heldout.",
            )


def _refuse_leaks(train: list[Prompt], heldout: list[Prompt]) -> None:
    shared = sorted({prompt.id for prompt in train} & {prompt.id for prompt in heldout})
    if shared:
        raise UserError(
            f"The id {shared[0]!r} is in the training and in the held-out prompts.",
            "Ids tell prompts apart through the whole run.",
            "Give held-out prompts ids of their own.",
        )
    pairs = near_duplicates(train, heldout)
    if pairs:
        first = "; ".join(f"{a.id} “{a.text}” and {b.id} “{b.text}”" for a, b in pairs[:3])
        raise UserError(
            f"{len(pairs)} held-out prompts are nearly the same as training prompts: {first}.",
            "What was trained on is no evidence when it is measured again.",
            "Replace one of each pair.",
        )
