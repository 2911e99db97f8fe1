"""A folder, for a USB stick, that installs the kit with no network."""
