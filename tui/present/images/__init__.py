"""Images and volumes of containers, pools and disks of guests, as lines of a table and pages."""
