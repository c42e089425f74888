"""Rounds of small groups and the rotation of parallel groups."""
