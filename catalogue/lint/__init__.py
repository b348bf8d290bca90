"""The do's and don'ts of segmentation as rules, and how segments cover everybody."""
