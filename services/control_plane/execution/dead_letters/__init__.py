"""Steps that used up their attempts, and messages that nobody can read."""
