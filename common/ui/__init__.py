"""Drawing for people: colors, pennants, codes and icons as inline SVG. Knows no app, no model."""
