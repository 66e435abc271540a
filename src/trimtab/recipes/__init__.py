"""Whole runs that work out of the box: each a folder with a spec, its prompt files and a README of expected numbers."""

from .find import RECIPES, recipe_folder, recipe_spec, spec_path

__all__ = ["RECIPES", "recipe_folder", "recipe_spec", "spec_path"]
