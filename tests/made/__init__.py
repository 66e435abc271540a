"""Finished runs that no model made: in memory for reports and diagnoses, and on disk. Figures are computed by what
computes a run's own, from values that are made up."""
