"""A finished run diagnosed, its spec and data edited, and the mended run held against it."""
