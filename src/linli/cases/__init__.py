"""Cases: what residents report and suggest, where it goes by category, list and rule, what the public sees."""
