"""民法典 188-197 and the limitation rules of 2020: three years, and what starts them again."""
