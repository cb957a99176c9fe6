"""Steps that could run stand in lines until a worker has a slot for them; PostgreSQL decides who is next."""
