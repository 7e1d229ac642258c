"""Pure functions from tidy frames to Plotly figures, one file a form."""
