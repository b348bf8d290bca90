"""Groups that reach a goal much more or less often than others. Arithmetic over vectors."""
