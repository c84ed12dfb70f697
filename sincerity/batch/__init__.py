"""Many launches worked out side by side, those that are still true left alone, one summary over all."""
