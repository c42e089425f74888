"""Named checks that guard every plan, and what they say."""
