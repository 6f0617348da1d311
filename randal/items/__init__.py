"""What finding, kendala and follow-up share: where they belong, and their pages."""
