"""Keeps the processes of one local Lockstep alive."""
