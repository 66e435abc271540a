"""The Goodhart monitor: what training is rewarded for against what is really wanted, checkpoint by checkpoint."""
