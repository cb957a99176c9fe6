"""The vendors' wire formats: how each reads a request, words an answer and refuses. One folder a wire."""
