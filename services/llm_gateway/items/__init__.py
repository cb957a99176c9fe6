"""The items of the gateway's own answers, by which a later request may name them."""
