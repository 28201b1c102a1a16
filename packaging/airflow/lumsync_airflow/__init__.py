"""Runs lumsync for many tenants on Apache Airflow."""

__version__ = "0.1.0"


def provider_info() -> dict:
    """What Airflow lists among its providers."""
    return {
        "package-name": "lumsync-airflow",
        "name": "lumsync",
        "description": "Runs lumsync for many tenants.",
        "versions": [__version__],
    }
