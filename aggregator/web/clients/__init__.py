"""What readers' apps speak."""
