"""The rooms: one for each thing that people work on."""
