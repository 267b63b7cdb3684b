"""Save the release as the MLflow model that the pipeline logs: `python -m … RELEASE FOLDER`."""

import sys
from pathlib import Path

import mlflow.pyfunc

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Write the model."""
    release, folder = sys.argv[1:]
    mlflow.pyfunc.save_model(
        folder,
        python_model=ROOT / "pipelines" / "pyfunc.py",
        artifacts={"release": release},
        code_paths=[str(ROOT / "models")],
        pip_requirements=["mlflow"],
    )


if __name__ == "__main__":
    main()
