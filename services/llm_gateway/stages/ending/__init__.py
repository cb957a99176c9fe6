"""How an answer ends: passed on, settled, stored or discarded."""
