"""What OpenAI's wires share: the form of an error, and the rules by which a request is refused."""
