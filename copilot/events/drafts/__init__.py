"""From a brief and a snapshot to a plan: words and picks by a drafter, minutes, money and dates by code."""
