"""From picks to an exact plan, its reasons and its audit."""
