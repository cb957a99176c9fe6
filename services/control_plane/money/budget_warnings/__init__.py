"""Warnings: budgets of which four fifths are spent."""
