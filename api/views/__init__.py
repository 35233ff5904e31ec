"""The pages; `pages` puts them together, so that who needs their words loads no more than words."""
