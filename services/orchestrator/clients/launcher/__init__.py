"""The launcher as a worker reaches it: what it promises, over HTTP, and in memory."""
