"""What pages about segments show: frozen rows, from a number of queries that does not depend on how
many segments there are. One file for each page, and one for the sizes that several show."""
