"""What time alone brings about, declared and written down."""
