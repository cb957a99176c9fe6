"""Agents on LangGraph, a turn a dispatch."""
