"""Reward models: trained on comparisons or rankings, measured on prompts held out, checked before."""
