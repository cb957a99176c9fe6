"""What a simulated model answers to a request, whatever wire the request came on."""
