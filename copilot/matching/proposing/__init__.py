"""From everybody to a short list: found, filtered, ranked, worded and kept."""
