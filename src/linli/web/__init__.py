"""The site: settings, addresses, base pages, static files, health, and the API's door."""
