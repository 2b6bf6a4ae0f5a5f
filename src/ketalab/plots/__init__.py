"""Draw what is given: the look, axes, marks, one forest plot, one evidence map."""
