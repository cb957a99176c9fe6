"""The functions of the run state machine, named as in statemachines/run.asl.json."""
