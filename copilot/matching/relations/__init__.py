"""What is between two members: introductions, blocks and pair rules, endorsements."""
