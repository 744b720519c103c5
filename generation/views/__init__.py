"""Pages of generation, one module per place."""
