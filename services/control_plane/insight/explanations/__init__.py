"""Why a run is where it is: what it waits for, what blocks its steps and by what cause, and where it can go on."""
