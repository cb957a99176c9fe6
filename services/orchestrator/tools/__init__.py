"""Calls of tools, with the files that go in and come out."""
