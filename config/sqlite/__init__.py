"""Django's SQLite back end, with the folder of the file made when first opened."""
