"""What JupyterLab and its server load: settings, renderers, and how they keep a lesson's file."""
