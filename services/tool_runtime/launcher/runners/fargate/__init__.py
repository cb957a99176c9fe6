"""Runners as single-use Fargate tasks."""
