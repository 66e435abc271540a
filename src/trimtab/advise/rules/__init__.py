"""The rules of advice: what excludes a method, what decides, what supports."""
