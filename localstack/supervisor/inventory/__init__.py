"""Which processes the local stack has, and which variables each of them sees."""
