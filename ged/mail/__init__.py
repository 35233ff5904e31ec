"""Values and rules of the mail: pure, frozen, no input or output of any kind."""
