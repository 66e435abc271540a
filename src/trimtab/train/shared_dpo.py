"""TRL's DPOTrainer with each prompt computed once.

Only the forward pass is another (`fused.py`). What TRL makes of the log-probabilities (every loss type, weights,
smoothing, metrics) is TRL's own code.
"""

from contextlib import nullcontext
from typing import Any

from torch import Tensor
from trl import DPOTrainer

from ..sharing import DETAILS, Share, forest_attention, unwrapped
from .prefix_sharing import batch_pays, share_prefixes
from .rehearsal import Rehearsing
from .soft_labels import SoftLabels
from .turns import InTokens


class SharedPrefixDPOTrainer(Rehearsing, SoftLabels, InTokens, DPOTrainer):  # type: ignore[misc]
    """DPOTrainer over forests while `shares` is true, which is TRL's own while it is false; with `rehearsal`, if set,
    and with soft labels where its rows have them.

    On a GPU a batch that saves too little work by sharing (`trimtab.sharing.pays`) takes TRL's own path as well, unless
    `shares` is "always". Ask `trimtab.sharing.why_not` first whether the model can.
    """

    def __init__(self, *args: Any, shares: Share = True, **kwargs: Any) -> None:
        self.shares, self.share = bool(shares), shares
        self._hooked = False
        self._pays = True
        super().__init__(*args, **kwargs)
        self._hook()

    def training_step(self, *args: Any, **kwargs: Any) -> Tensor:
        """One step; the backward pass stands inside too, because gradient checkpointing runs the forward again."""
        # rehearsal is small and goes over a forest, whose backward passes belong inside as well
        self._pays = self.rehearsal is not None or batch_pays(self, *args, **kwargs)
        try:
            with forest_attention(unwrapped(self.model)) if self.shares and self._pays else nullcontext():
                loss: Tensor = super().training_step(*args, **kwargs)
        finally:
            self._pays = True
        return loss

    def _precompute_ref_logps(self, *args: Any, **kwargs: Any) -> Any:
        self._hook()  # TRL calls this in its constructor
        return super()._precompute_ref_logps(*args, **kwargs)

    def _hook(self) -> None:
        """Once: lets policy and reference answer TRL's fused calls by way of a forest."""
        if not self._hooked:
            self._hooked = True
            # accelerate puts mixed precision around the policy when training begins, so around what is hooked here;
            # around the reference it did so in the constructor, and what is hooked comes outside of it
            details = [name for name in DETAILS if name != "log_sum_squares" or self.args.use_weighting]
            for model, precision in ((self.model, nullcontext), (self.ref_model, self.accelerator.autocast)):
                if model is not None:
                    inner = unwrapped(self.accelerator.unwrap_model(model))
                    share_prefixes(inner, lambda: self.shares and self._pays, precision, details=details)
