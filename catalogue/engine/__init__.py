"""Who is in: definitions planned into few scans, judged into bitmaps, combined by set algebra."""
