"""An event from its publication to its last guest: places, waiting list, door, reminders, feedback."""
