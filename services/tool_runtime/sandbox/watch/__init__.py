"""What a whole sandbox uses, seen from outside while it runs."""
