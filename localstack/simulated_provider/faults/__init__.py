"""What goes wrong with an answer, as the name of the model asks."""
