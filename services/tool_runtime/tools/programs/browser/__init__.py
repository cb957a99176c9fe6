"""The tool `browser` inside the sandbox: Playwright drives Chromium, step by step."""
