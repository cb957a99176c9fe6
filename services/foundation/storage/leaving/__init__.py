"""What a tenant takes along, and how it goes: exports and deletions."""
