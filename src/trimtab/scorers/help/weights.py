"""Weights of the help scorer, and how it agrees with a reader; written by benchmarks/help.py."""

HELP = {"specific": 3.0, "repeats": -1.0, "refuses": -1.0, "needed": 2.5, "made": 2.0, "bias": -4.0}
"""Log-odds that an answer helps, where its prompt has points."""
PLAIN = {"specific": 4.0, "repeats": -1.0, "refuses": -1.0, "bias": -3.5}
"""Log-odds that an answer helps, where its prompt has none."""
ECHO = {"few_specific": 4.0, "takes_up": 2.0, "bias": -4.0}
"""Log-odds that an answer only restates or praises the question."""
CONFUSION = ((0, 0), (0, 0))
PLAIN_CONFUSION = ((0, 0), (0, 0))
ECHO_CONFUSION = ((0, 0), (0, 0))
