"""From behaviour to points, grades and the priority order."""
