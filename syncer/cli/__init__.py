"""The operator's door: one module per family of commands; what they need is imported inside the functions."""
