"""The engine whose model is in this process."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from ..records import Answer, Prompt
from ..sharing import described_layers, unwrapped
from ..store import digest
from .engine import Decoding
from .loading import LoadedModel
from .need import TOKENS, Need, memory_told, sampling_need
from .sampler import ROWS, ids_of, plan_parts, sample_batch
from .shape import Shape
from .system import takes_system, under_system
from .together import described_manner


@dataclass(frozen=True)
class InProcess:
    """The model in memory; at most `rows` answers are decoded at once, each under the `system` message if there is one.

    What all prompts begin with, such as that message, is computed once for all of them (`batching`).
    """

    loaded: LoadedModel
    rows: int = ROWS
    system: str | None = None

    def describe(self) -> dict[str, str]:
        """Template (clock, and whose if not the base's), precision, device, library, unusual batches, packed layers."""
        return {
            **(self.loaded.told or {"template": digest(str(self.loaded.tokenizer.chat_template))}),
            "precision": self.loaded.precision,
            "device": self.loaded.model.device.type,
            **described_manner(self.loaded.model),
            **described_layers(unwrapped(self.loaded.model)),
            "engine": f"in-process, transformers {version('transformers')}",
        }

    def parts(self, prompts: Sequence[Prompt], samples: int, decoding: Decoding, *, chat: bool) -> list[list[int]]:
        """Like lengths together; see `plan_parts`."""
        lengths = [len(ids_of(self.loaded.tokenizer, prompt, chat=chat)) for prompt in self._told(prompts)]
        return plan_parts(lengths, samples, decoding.max_new_tokens)

    def answers(
        self, prompts: Sequence[Prompt], *, samples: int, decoding: Decoding, seed: int, chat: bool
    ) -> list[Answer]:
        """See `sample_batch`."""
        model, tokenizer = self.loaded.model, self.loaded.tokenizer
        told = self._told(prompts)
        with memory_told("Answers were sampled", lambda: self._need(decoding)):
            return sample_batch(
                model, tokenizer, told, samples=samples, decoding=decoding, seed=seed, rows=self.rows, chat=chat
            )

    def _need(self, decoding: Decoding) -> Need | None:
        shape = Shape.of(self.loaded.model.config.to_dict())
        tokens = max(TOKENS, 2 * decoding.max_new_tokens)
        return (
            None
            if shape is None
            else sampling_need(
                shape, self.rows, tokens, self.loaded.precision, cpu=self.loaded.model.device.type == "cpu"
            )
        )

    def _told(self, prompts: Sequence[Prompt]) -> Sequence[Prompt]:
        if self.system is None:
            return prompts
        takes = takes_system(self.loaded.tokenizer)
        return [under_system(prompt, self.system, takes=takes) for prompt in prompts]
