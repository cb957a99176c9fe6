"""Other ways to make a step durable, with which ours is compared."""
