"""Where every stage reads and writes, relative to the folder that `dvc repro` runs in."""

from pathlib import Path

DATA = Path("data")

TABLES = DATA / "tables"
REJECTED = DATA / "rejected"
ORACLE = DATA / "oracle"
FEATURES = DATA / "features"
LABELS = DATA / "labels"
FITTED_CHURN = DATA / "fitted" / "churn"
FITTED_LIFETIME_VALUE = DATA / "fitted" / "lifetime_value"
FITTED_BTYD = DATA / "fitted" / "btyd"
FITTED_UPLIFT = DATA / "fitted" / "uplift"
FITTED_POPULATION = DATA / "fitted" / "population"
METRICS = DATA / "metrics"
PLOTS = DATA / "plots"
RELEASE = DATA / "release"
LIVE = DATA / "live"
REGISTRY = DATA / "registry"
MLFLOW_DB = DATA / "mlflow.db"
MLFLOW_ARTIFACTS = DATA / "mlartifacts"
SCORES = DATA / "scores"
LISTS = DATA / "lists"
PLAN = DATA / "plan"
REPORT = DATA / "report"
SERVING = DATA / "serving"
ORACLE_REPORT = DATA / "oracle_report"

PARAMS = Path("params.yaml")

# Outside of data/, whose outputs DVC removes before it runs their stage: what a run tells the next one.
IDENTITY_KEY = Path("var") / "identity_key.json"

# What a search for settings found: no stage reads it.
SEARCH = Path("var") / "search"
