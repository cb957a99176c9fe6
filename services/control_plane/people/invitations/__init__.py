"""Invitations: how people become members."""
