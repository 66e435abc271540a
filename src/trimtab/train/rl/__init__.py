"""On-policy RL: RLOO and GRPO by TRL, PPO by ours; rollouts, rewards and the monitor that watches them."""
