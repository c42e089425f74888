"""False information: what a message claims, held against the records of the community. Nothing here says "false"."""
