"""What a person can ask for on the command line; most of it is passed to the daemon."""
