"""From rows to papers: what a paper says, how it is drawn, kept, previewed, bundled."""
