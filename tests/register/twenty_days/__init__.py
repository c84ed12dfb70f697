"""Twenty days of a launch: the script, its life through the program, and a replay that shares no code with it."""
