"""How well two parties fit: components, calibration, and the same numbers in bulk."""
