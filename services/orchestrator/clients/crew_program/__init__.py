"""The program in which CrewAI runs, as a worker reaches it: what it promises, in bubblewrap, and in memory."""
