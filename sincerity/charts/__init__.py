"""What the method's charts count and compute that no other stage needs."""
