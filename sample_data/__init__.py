"""Synthetic sample launches and the seeded generator that makes them. No real person or project is in them."""
