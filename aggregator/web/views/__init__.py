"""What pages show, made by pure functions; templates only lay it out."""
