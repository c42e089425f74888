"""Systems made worse on purpose, and controls: each must fail the gate that is named for it."""
