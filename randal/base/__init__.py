"""What stands on nothing of ours: text, numbers and files as such."""
