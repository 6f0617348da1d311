"""Pages over all rooms: they read everything and own nothing."""
