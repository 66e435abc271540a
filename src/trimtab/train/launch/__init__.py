"""Training in processes of its own: how many, how they start, what each does, what they do together."""
