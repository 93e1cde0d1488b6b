"""aggregator: a self-hosted news monitor that recognises the same story across outlets."""

__version__ = "0.1.0"
