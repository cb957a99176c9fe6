"""Crews on CrewAI, which runs in a program of its own."""
