"""What many tests need: a house over real engines, people of the pilot ministry, letters to send."""
