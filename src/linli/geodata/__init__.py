"""Map data in and out: files, coordinate systems, blocks from streets, neighbours, the four sides."""
