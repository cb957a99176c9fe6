"""Rules about what starts runs without somebody who calls: schedules."""
