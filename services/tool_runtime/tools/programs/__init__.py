"""Programs of ours that run inside the sandbox, under the system's interpreter.

Standard library only, apart from `browser`, which has packages of its own.
"""
