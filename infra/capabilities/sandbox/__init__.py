"""Where jobs run in AWS: their tasks, the network around these, and the egress service by which jobs leave."""
