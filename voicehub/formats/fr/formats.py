# Amounts are typed and sent with a point, so they are shown with one.
DECIMAL_SEPARATOR = "."
