"""CDNOW: 23,570 customers who first bought in early 1997, and all their orders until June 1998."""
