"""Words and rules about people and what stands for them."""
