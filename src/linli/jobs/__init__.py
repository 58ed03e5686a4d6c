"""Long work with progress, cancel and a state that survives a killed process."""
