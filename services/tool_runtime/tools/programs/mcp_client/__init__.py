"""A client of MCP servers: starts or reaches one, reads its tools, calls one of them, and says what came of it."""
