"""Complementary teams for a goal."""
