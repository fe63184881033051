"""No frame before the terminal has taken the one before it."""
