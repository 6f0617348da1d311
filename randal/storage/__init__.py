"""Bytes that stay: blobs by content, the files that people handed in, what a photo knows about itself."""
