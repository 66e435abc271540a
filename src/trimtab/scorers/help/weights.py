"""Weights of the help scorer, and how it agrees with a reader; written by benchmarks/help.py."""

HELP = {
    "needed": 1.224,
    "made": 1.446,
    "to_the_point": 0.959,
    "tight": 1.544,
    "refuses": -1.026,
    "apologises": -1.103,
    "bias": -1.907,
}
"""Log-odds that an answer helps, where its prompt has points."""
PLAIN = {
    "density": 2.157,
    "verdict": 1.796,
    "strays": -1.595,
    "echoes": -1.294,
    "apologises": -1.193,
    "pleasant": -1.627,
    "bias": -0.343,
}
"""Log-odds that an answer helps, where its prompt has none."""
ECHO = {
    "echoes": 6.237,
    "apologises": -0.704,
    "verdict": -2.534,
    "bias": -4.590,
}
"""Log-odds that an answer only restates or praises the question."""
CONFUSION = ((38, 14), (17, 131))
PLAIN_CONFUSION = ((29, 23), (30, 118))
ECHO_CONFUSION = ((38, 4), (6, 152))
"""Reader (rows: yes, no) against scorer (columns), over prompts that it was not fitted on."""
