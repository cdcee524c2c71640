"""Acts on clocks: stopping, extending, computing anew; and what each clock says for itself."""
