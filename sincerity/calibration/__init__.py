"""From past launches to chances: history, fit, back-tests, alarms, and what a round may say of a buyer's chance."""
