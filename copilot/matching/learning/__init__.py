"""What outcomes say of the weights, and which version of them is in force."""
