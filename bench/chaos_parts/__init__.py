"""What `make chaos` is made of: who dies and when, the runs that go on meanwhile, and the promises that must hold."""
