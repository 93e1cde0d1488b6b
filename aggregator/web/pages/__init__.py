"""Pages for people, server-rendered; they work without JavaScript."""
