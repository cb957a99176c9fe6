"""One HTTP exchange: from the request that was read to the bytes that are sent and the line of the invoice."""
