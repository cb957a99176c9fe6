"""What died on its way: steps that used up their attempts, and messages that nobody can read."""
