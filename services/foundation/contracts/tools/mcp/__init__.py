"""MCP servers: how a tenant describes one, how its tools are read, and how one of them is called."""
