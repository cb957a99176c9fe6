"""Tasks of containers that are started one by one, each for a purpose of its own."""
