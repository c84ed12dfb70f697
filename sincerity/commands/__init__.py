"""What each command does: from its options to an answer that the command line prints."""
