"""What is lost when the program is cut off: nothing that was acknowledged, and no half file stays."""
