"""A run of several regions: what they share, each region's own run, and all of them held against each other."""
