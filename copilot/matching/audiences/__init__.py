"""The other way round: who should hear of something, and who is new."""
