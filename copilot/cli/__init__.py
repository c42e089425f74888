"""The command `community-copilot`."""
