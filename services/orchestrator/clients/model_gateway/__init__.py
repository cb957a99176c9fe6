"""Models as a worker reaches them: what the gateway promises, by OpenAI's client, and in memory."""
