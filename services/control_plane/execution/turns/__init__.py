"""Turns of models in a step: what was asked, and what was answered."""
