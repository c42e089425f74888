"""Resources that circulate: the library, loans, and what comes of them."""
