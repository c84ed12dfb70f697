"""From files a planner keeps to validated tables, with every problem said at once."""
