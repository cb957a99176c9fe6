"""The kinds of steps that a definition may have, one file a kind."""
