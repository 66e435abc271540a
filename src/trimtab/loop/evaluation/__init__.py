"""The evaluation of one model into a folder, and evaluations read back."""
