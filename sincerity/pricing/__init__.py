"""Prices: what buyers accept, where the base table is out of line, and prices solved together with the plan."""
