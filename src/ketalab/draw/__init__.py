"""Still pictures of the lessons that take more lines than a lesson should spend on them."""
