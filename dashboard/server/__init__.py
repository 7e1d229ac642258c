"""What stands between a request and the pages: who asks, what is refused, what every answer carries."""
