"""What the wires of OpenAI have in common: errors, usage, lists of models, and how a key is sent."""
