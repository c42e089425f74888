"""Trust as named components, each with its records: never one number, and nobody is below a newcomer or above one."""
