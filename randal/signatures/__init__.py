"""What every room that signs stands on: the authority, signers' keys, signing a PDF and judging a signed one."""
