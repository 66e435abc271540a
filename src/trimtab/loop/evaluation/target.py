"""What `trimtab eval` is pointed at: a model by name, a run's trained model, an adapter, or a server's model."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import UserError, command, option
from ...evaluate import FACTS, FACTS_SAID, HELDOUT
from ...models import CATALOG, Endpoint, MockEngine, adapter_config
from ...store import ADAPTER, FileName, Run

if TYPE_CHECKING:
    from ...models import ModelRef


MOCK = "mock"
"""The name that stands for a script in a model's place, where no folder is called so."""


@dataclass(frozen=True)
class Target:
    """A model in this process (`ref`), or behind a server, or a script in its place (`endpoint`); one of both is there.

    `start` is the model that its training started from, where that is another; `sources` are files of benchmarks'
    items, by benchmark, that belong to it, and `points` the file of what its held-out prompts' answers should say.
    """

    name: str
    ref: "ModelRef | None" = None
    endpoint: Endpoint | MockEngine | None = None
    start: "ModelRef | None" = None
    sources: dict[str, str] = field(default_factory=dict)
    points: Path | None = None

    def identity(self, say: Callable[[str], None]) -> str:
        """A hash, equal for equal models: of the weights' files, of the server's address and name, or of the script."""
        if self.endpoint is not None:
            return self.endpoint.identity()
        from ...models import identity

        assert self.ref is not None
        return identity(self.ref, say)


def target_of(name: str | MockEngine, url: str | None = None) -> Target:
    """The model that a name stands for: an alias, a hub id or a folder; a run's folder; an adapter's folder.

    With `url`, it is the name of a model behind that server; `mock` is a script in a model's place. Raises UserError
    where a folder is a run without a trained model, or an adapter that names no base.
    """
    if isinstance(name, MockEngine):
        return Target(name.name, endpoint=name)
    if url is not None:
        return Target(name, endpoint=Endpoint(url, name))
    if name == MOCK and not Path(name).exists():
        return Target(name, endpoint=MockEngine())
    from ...models import ModelRef

    folder = Path(name).expanduser()
    if (folder / FileName.RUN).is_file():
        run = Run.read(folder)
        adapter = folder / ADAPTER
        if not (adapter / "adapter_config.json").is_file():
            raise UserError(
                f"The model is {name!r}.",
                "That is a run's folder, and it holds no trained adapter.",
                f"Let {command('run')} with {option('out', name)} come to its end, or name the model itself.",
            )
        started = run.info.spec.get("model", {}).get("adapter")
        if started:
            raise UserError(
                f"The model is {name!r}.",
                f"That run started from a model with an adapter ({started}), which its own adapter goes on top of.",
                "Merge them first, and name the merged model's folder.",
            )
        return _of_run(name, _with_base(adapter), run)
    if (folder / "reward.json").is_file():
        from ...models import reward_ref

        return Target(name, ref=reward_ref(folder))
    if (folder / "adapter_config.json").is_file():
        ref = _with_base(folder)
        return Target(name, ref=ref, start=replace(ref, adapters=()))
    return Target(name, ref=ModelRef(name))


def _of_run(name: str, ref: "ModelRef", run: Run) -> Target:
    """A run's trained model, which the held-out prompts, facts and points of the run's own spec belong to."""
    prompts, place = run.info.spec.get("prompts", {}), Path(run.info.spec_folder or "")
    files = {key: (place / prompts[key]).resolve() for key in (HELDOUT.name, FACTS.name) if prompts.get(key)}
    sources = {key: str(path) for key, path in files.items() if path.is_file()}
    sources |= {FACTS_SAID.name: sources[FACTS.name]} if FACTS.name in sources else {}
    points = (place / prompts["points"]).resolve() if prompts.get("points") else None
    return Target(
        name,
        ref=ref,
        start=replace(ref, adapters=()),
        sources=sources,
        points=points if points is not None and points.is_file() else None,
    )


def _with_base(adapter: Path) -> "ModelRef":
    from ...models import ModelRef

    base = adapter_config(str(adapter)).get("base_model_name_or_path")
    if not base:
        raise UserError(
            f"The adapter is {str(adapter)!r}.",
            "Its adapter_config.json names no base model.",
            "Set base_model_name_or_path in it.",
        )
    known = next((item.alias for item in CATALOG if item.hub_id == base), base)
    return ModelRef(known, (str(adapter),))
