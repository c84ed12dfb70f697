"""Launch day before it happens: who comes, who is called when, what is still free, and how unsure all this is."""
