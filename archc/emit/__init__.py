"""What every backend needs to write source: spelling values, naming, laying out lines, walking a graph's blocks."""
