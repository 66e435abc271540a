"""Weights of the help scorer, and how it agrees with readers; written by benchmarks/help.py."""

HELP = {
    "needed": 1.486,
    "made": 4.068,
    "at_once": 0.575,
    "specific": 0.839,
    "sends": 2.001,
    "apologises": -0.269,
    "bias": -2.408,
}
"""Log-odds that an answer helps, where its prompt has points."""
PLAIN = {
    "sends": 2.385,
    "density": 1.879,
    "verdict": 0.403,
    "strays": -1.413,
    "echoes": -0.749,
    "apologises": -0.111,
    "pleasant": -1.027,
    "bias": -0.640,
}
"""Log-odds that an answer helps, where its prompt has none."""
ECHO = {
    "echoes": 4.158,
    "apologises": -0.390,
    "verdict": -1.943,
    "bias": -3.253,
}
"""Log-odds that an answer only restates or praises the question."""
CONFUSION = {"others": ((245, 141), (140, 815)), "asks for advice": ((87, 25), (21, 167))}
PLAIN_CONFUSION = {"others": ((161, 225), (215, 740)), "asks for advice": ((89, 23), (25, 163))}
ECHO_TABLE = ((46, 41), (31, 803))
"""A reader (rows: yes, no) against the scorer (columns), by the kind of question, over answers of which neither the
prompt nor the side was fitted on."""
RATES_OFF = {
    "points": {"others": (0.049, 6), "asks for advice": (0.007, 3)},
    "plain": {"others": (0.179, 6), "asks for advice": (0.026, 3)},
    "echo": {"others": (0.025, 3)},
}
CHANGES_OFF = {
    "points": {"others": (0.082, 4), "asks for advice": (0.011, 2)},
    "plain": {"others": (0.248, 4), "asks for advice": (0.035, 2)},
    "echo": {"others": (0.041, 2)},
}
"""How far the scorer's rates of those answers, and its changes from one side to another, lie from the readers':
root mean square, and of how many independent ones."""
