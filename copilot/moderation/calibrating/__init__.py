"""What scores are worth in one community: measured on decisions, changed by people alone, tried before it is switched on."""
