"""The only Streamlit: one page a file."""
