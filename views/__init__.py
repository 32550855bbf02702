"""The pages of the app; only these modules and `app.py` know Streamlit."""
