"""Traces: what all services did for a run, or for a call, span by span."""
