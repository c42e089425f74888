"""Tiers, city circles and ventures: what belongs together, with reasons."""
