"""Figures of the exchange: what they mean (`wording`), what they are counted from (`records`), how (`measures`)."""
