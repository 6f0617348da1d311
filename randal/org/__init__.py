"""Who and where: people, posts, appointments, units, provinces, and the settings of this installation."""
