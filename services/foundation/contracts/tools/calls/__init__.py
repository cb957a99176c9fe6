"""One call of a tool: how much it may hold, the files that go in, and the document of what came out."""
