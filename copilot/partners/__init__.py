"""Resources across communities: agreements with partners, what both sides allow, and matches that say where they come from."""
