"""The engine whose model is in this process."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from ..records import Answer, Prompt
from ..store import digest
from .engine import Decoding
from .loading import LoadedModel
from .sampler import ROWS, ids_of, plan_parts, sample_batch


@dataclass(frozen=True)
class InProcess:
    """The model in memory; at most `rows` answers are decoded at once."""

    loaded: LoadedModel
    rows: int = ROWS

    def describe(self) -> dict[str, str]:
        """Template, precision, device and library."""
        return {
            "template": digest(str(self.loaded.tokenizer.chat_template)),
            "precision": self.loaded.precision,
            "device": self.loaded.model.device.type,
            "engine": f"in-process, transformers {version('transformers')}",
        }

    def parts(self, prompts: Sequence[Prompt], samples: int, decoding: Decoding, *, chat: bool) -> list[list[int]]:
        """Like lengths together; see `plan_parts`."""
        lengths = [len(ids_of(self.loaded.tokenizer, prompt, chat=chat)) for prompt in prompts]
        return plan_parts(lengths, samples, decoding.max_new_tokens)

    def answers(
        self, prompts: Sequence[Prompt], *, samples: int, decoding: Decoding, seed: int, chat: bool
    ) -> list[Answer]:
        """See `sample_batch`."""
        model, tokenizer = self.loaded.model, self.loaded.tokenizer
        return sample_batch(
            model, tokenizer, prompts, samples=samples, decoding=decoding, seed=seed, rows=self.rows, chat=chat
        )
