"""Weights of the help scorer, and how it agrees with readers; written by benchmarks/help.py."""

HELP = {
    "needed": 1.482,
    "made": 4.051,
    "at_once": 0.604,
    "specific": 0.859,
    "sends": 2.025,
    "apologises": -0.228,
    "bias": -2.439,
}
"""Log-odds that an answer helps, where its prompt has points."""
PLAIN = {
    "sends": 2.345,
    "density": 1.879,
    "verdict": 0.330,
    "strays": -1.420,
    "echoes": -0.777,
    "apologises": -0.034,
    "pleasant": -1.068,
    "bias": -0.637,
}
"""Log-odds that an answer helps, where its prompt has none."""
ECHO = {
    "echoes": 4.158,
    "apologises": -0.390,
    "verdict": -1.943,
    "bias": -3.253,
}
"""Log-odds that an answer only restates or praises the question."""
CONFUSION = {"others": ((244, 142), (140, 815)), "asks for advice": ((87, 25), (22, 166))}
PLAIN_CONFUSION = {"others": ((162, 224), (212, 743)), "asks for advice": ((89, 23), (26, 162))}
ECHO_TABLE = ((46, 41), (31, 803))
"""A reader (rows: yes, no) against the scorer (columns), by the kind of question, over answers of which neither the
prompt nor the side was fitted on."""
RATES_OFF = {
    "points": {"others": (0.051, 6), "asks for advice": (0.015, 3)},
    "plain": {"others": (0.171, 6), "asks for advice": (0.027, 3)},
    "echo": {"others": (0.025, 3)},
}
CHANGES_OFF = {
    "points": {"others": (0.086, 4), "asks for advice": (0.025, 2)},
    "plain": {"others": (0.234, 4), "asks for advice": (0.032, 2)},
    "echo": {"others": (0.041, 2)},
}
"""How far the scorer's rates of those answers, and its changes from one side to another, lie from the readers':
root mean square, and of how many independent ones."""
