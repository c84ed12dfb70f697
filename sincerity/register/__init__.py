"""The register of a launch: every run kept, every decision to go back logged, nothing ever changed in place."""
