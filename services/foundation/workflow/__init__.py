"""What several tables do together: a step is claimed, parked, recorded, released; a run begins, pauses and ends."""
