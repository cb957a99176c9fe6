"""What runs inside of a sandbox, under the interpreter of the system: standard library only."""
