"""The launcher: takes jobs, keeps runners, hands one job to each."""
