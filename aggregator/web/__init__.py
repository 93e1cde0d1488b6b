"""The page, the API, feeds, and what readers' apps speak: HTTP on one address."""
