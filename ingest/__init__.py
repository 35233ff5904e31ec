"""From paper to proposals. This room never decides: it reads the original and proposes."""
