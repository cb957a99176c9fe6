"""The tool `http` inside the sandbox: one request, its redirects and its repetitions, and what came of it."""
