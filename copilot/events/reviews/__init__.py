"""What an event brought about: figures with intervals, themes with quotes, lessons, long-term effect."""
