"""What a page is made of: one panel a file, each fed with plain rows."""
