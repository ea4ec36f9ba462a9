"""Outside speech turned into commands, and exposure turned into outside speech; one file a platform."""
