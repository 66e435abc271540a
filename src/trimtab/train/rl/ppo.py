"""PPO with a learned value function (Schulman et al. 2017, arXiv 1707.06347; for language models Ouyang et al. 2022).

TRL 1.16 has no PPO. Its GRPOTrainer samples, rewards, computes old and reference log-probabilities and clips the ratio
token by token, and takes advantages of shape (answers, tokens) from a subclass: what PPO adds is here, nothing else.

The reward of a token is -beta * (log pi(a_t) - log pi_ref(a_t)), and the answer's reward is added at its last token
(Ouyang et al. 2022, section 3.5). Advantages are GAE's (Schulman et al. 2015, arXiv 1506.02438, eq. 16), made of a
linear value function on the policy's hidden states; its gradient stops there, so that the two losses do not fight over
the adapter.
"""

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from ...spec import PPOSpec
from .rollouts import SharedGRPOTrainer

VALUE_FILE = "value.safetensors"
WHITEN_FLOOR = 1e-8


class PPOTrainer(SharedGRPOTrainer):
    """PPO over TRL's GRPOTrainer; `ppo` holds what is PPO's own. A reference is needed: `beta` above 0."""

    def __init__(self, *args: Any, ppo: PPOSpec, **kwargs: Any) -> None:
        self.ppo = ppo
        self._rewards: Tensor | None = None
        super().__init__(*args, states=True, **kwargs)
        width = self.model.get_base_model().config.get_text_config().hidden_size
        self.value = torch.nn.Linear(width, 1).to(self.model.device, torch.float32)
        torch.nn.init.zeros_(self.value.weight)
        torch.nn.init.zeros_(self.value.bias)
        self._value_optimizer = torch.optim.Adam(self.value.parameters(), lr=ppo.value_learning_rate)

    def _calculate_rewards(self, *args: Any, **kwargs: Any) -> Tensor:
        found: Tensor = super()._calculate_rewards(*args, **kwargs)
        weights = self.reward_weights.to(found.device)
        self._rewards = (found * weights).nansum(1)  # of all processes
        return found

    @torch.no_grad()
    def _generate_and_score_completions(self, inputs: Any) -> dict[str, Any]:
        """TRL's sample, with GAE's advantages in place of the group's, and returns and values beside them."""
        found: dict[str, Any] = super()._generate_and_score_completions(inputs)
        assert self._rewards is not None
        mask = found["completion_mask"].float()
        size = len(mask)
        rewards = self._rewards[self.accelerator.process_index * size :][:size]
        policy, values = self._policy_and_values(found)
        penalty = policy - found["ref_per_token_logps"]
        shaped = token_rewards(rewards, penalty, mask, self.beta)
        advantages, returns = gae(shaped, values, mask, self.ppo.discount, self.ppo.gae_lambda)
        self._metrics["train"]["kl"].append(float((penalty * mask).sum() / mask.sum()))
        self._metrics["train"]["value/mean"].append(float((values * mask).sum() / mask.sum()))
        found.update(advantages=whitened(advantages, mask), returns=returns, values=values, old_per_token_logps=policy)
        return found

    def _compute_loss(self, model: Any, inputs: dict[str, Any]) -> Tensor:
        """The clipped policy loss by TRL; the value function takes a step of its own beside it."""
        kept: float = self.beta  # type: ignore[has-type]
        self.beta = 0.0  # the KL is in the reward, and not in the loss again
        try:
            loss: Tensor = super()._compute_loss(model, inputs)
        finally:
            self.beta = kept
        self._fit_value(inputs)
        return loss

    def _get_per_token_logps_and_entropies(self, *args: Any, **kwargs: Any) -> Any:
        """As the others', keeping the hidden states of the pass for the value function."""
        model, input_ids, attention_mask, keep = args[:4]
        found = self.read(model, input_ids, attention_mask, keep, ("states",))
        self._states = found["states"].detach().float()
        return found["log_probs"], found["entropy"] if kwargs.get("compute_entropy") else None, None

    def _policy_and_values(self, found: dict[str, Any]) -> tuple[Tensor, Tensor]:
        mask = found["completion_mask"]
        ids = torch.cat([found["prompt_ids"], found["completion_ids"]], 1)
        seen = torch.cat([found["prompt_mask"], mask], 1)
        logps, _, _ = self._get_per_token_logps_and_entropies(self.model, ids, seen, mask.shape[1])
        return logps, self.value(self._states).squeeze(-1)

    def _fit_value(self, inputs: dict[str, Any]) -> None:
        """One step of the value function on the hidden states of the policy's pass just made."""
        mask = inputs["completion_mask"].float()
        with torch.enable_grad():
            values = self.value(self._states).squeeze(-1)
            loss = value_loss(values, inputs["values"], inputs["returns"], mask, self.ppo.value_clip)
            self._value_optimizer.zero_grad()
            loss.backward()
        self._value_optimizer.step()
        explained = 1 - _variance(inputs["returns"] - inputs["values"], mask) / _variance(inputs["returns"], mask)
        self._metrics["train"]["value/loss"].append(float(loss.detach()))
        self._metrics["train"]["value/explained"].append(float(explained))

    def save_value(self, folder: Path) -> None:
        """Writes the value function and its optimizer's state into a checkpoint's folder."""
        state = {f"value.{name}": tensor for name, tensor in self.value.state_dict().items()}
        for index, moments in self._value_optimizer.state_dict()["state"].items():
            state |= {f"adam.{index}.{name}": torch.as_tensor(tensor) for name, tensor in moments.items()}
        save_file({name: tensor.contiguous() for name, tensor in state.items()}, folder / VALUE_FILE)

    def load_value(self, folder: Path) -> None:
        """Takes up what `save_value` wrote."""
        state = load_file(folder / VALUE_FILE)
        self.value.load_state_dict({name[6:]: tensor for name, tensor in state.items() if name.startswith("value.")})
        held = self._value_optimizer.state_dict()
        for name, tensor in state.items():
            if name.startswith("adam."):
                _, index, moment = name.split(".")
                held["state"].setdefault(int(index), {})[moment] = tensor
        self._value_optimizer.load_state_dict(held)


def token_rewards(rewards: Tensor, log_ratio: Tensor, mask: Tensor, beta: float) -> Tensor:
    """Each token's reward, (answers, tokens): -beta times its log-ratio to the reference, and at an answer's last token
    the answer's own reward, `rewards` (answers,), besides (Ouyang et al. 2022, eq. 2 without its pretraining term)."""
    shaped = -beta * log_ratio * mask
    last = mask.sum(1).long().clamp(min=1) - 1
    shaped[torch.arange(len(shaped), device=shaped.device), last] += rewards
    return shaped


def gae(rewards: Tensor, values: Tensor, mask: Tensor, discount: float, lam: float) -> tuple[Tensor, Tensor]:
    """Advantages and returns, each (answers, tokens), zero outside the mask.

    delta_t = r_t + discount * V_{t+1} - V_t, and A_t = delta_t + discount * lam * A_{t+1} (Schulman et al. 2015,
    eq. 16); after an answer's last token there is nothing. Returns are A_t + V_t.
    """
    advantages = torch.zeros_like(rewards)
    following = torch.zeros_like(rewards[:, 0])
    after = torch.zeros_like(following)
    for t in range(rewards.shape[1] - 1, -1, -1):
        delta = rewards[:, t] + discount * after - values[:, t]
        following = (delta + discount * lam * following) * mask[:, t]
        advantages[:, t] = following
        after = values[:, t] * mask[:, t]
    return advantages, (advantages + values) * mask


def whitened(values: Tensor, mask: Tensor) -> Tensor:
    """Values with mean 0 and variance 1 over the mask, zero outside it."""
    mean = (values * mask).sum() / mask.sum()
    return (values - mean) * mask / torch.sqrt(_variance(values, mask) + WHITEN_FLOOR)


def value_loss(values: Tensor, old: Tensor, returns: Tensor, mask: Tensor, clip: float) -> Tensor:
    """Half the squared error, of the worse of the value and the value kept within `clip` of the old one (a scalar).

    The clipping is of OpenAI's baselines (Huang et al. 2022, "The 37 Implementation Details of PPO", detail 9).
    """
    kept = old + (values - old).clamp(-clip, clip)
    worse = torch.maximum((values - returns) ** 2, (kept - returns) ** 2)
    return 0.5 * (worse * mask).sum() / mask.sum()


def _variance(values: Tensor, mask: Tensor) -> Tensor:
    mean = (values * mask).sum() / mask.sum()
    return ((values - mean) ** 2 * mask).sum() / mask.sum()
