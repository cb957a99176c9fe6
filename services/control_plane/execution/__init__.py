"""Runs and what is done to them: started, decided about, run again, and what they leave."""
