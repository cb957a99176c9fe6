"""The workers that live now."""
