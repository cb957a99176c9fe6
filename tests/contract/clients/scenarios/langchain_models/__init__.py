"""Scenarios of LangChain: two vendors' chat models, alone and within an agent."""
