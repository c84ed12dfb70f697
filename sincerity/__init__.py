"""Buyer sincerity scoring and exact unit allocation before a residential launch."""

__version__ = "0.1.0"
