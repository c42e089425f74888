"""The domain of the community copilot: no web framework, no environment reads, no prompt text."""

__version__ = "0.1.0"
