"""Photos of a meeting: shown in its room, and annexed to its papers. Nothing of the camera stays in them."""
