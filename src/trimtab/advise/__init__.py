"""Which method suits the case, and why."""
