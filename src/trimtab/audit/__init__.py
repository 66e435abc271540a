"""Checks of feedback data before anything is trained on it: comparisons to findings."""
