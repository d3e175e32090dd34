"""Puts the catalogue of models, which lies beside them in a checkout, into the package that is built."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithCatalogue(build_py):
    """Copies models/catalog.toml to where an installed Companion looks for it."""

    def run(self) -> None:
        """Build, then copy."""
        super().run()
        if not self.editable_mode:
            shutil.copy("models/catalog.toml", Path(self.build_lib, "companion", "weights", "catalog.toml"))


setup(cmdclass={"build_py": WithCatalogue})
