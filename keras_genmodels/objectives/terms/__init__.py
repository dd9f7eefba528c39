"""Terms of a loss, one idea a file."""
