"""Programs of ours that run inside the sandbox, under the system's interpreter: standard library only."""
