"""Forms of other tools and of published sets, known by their look or named by somebody, read to trimtab's columns."""

from .form import NOTHING, Form, Told
from .table import FORMS, form_named, form_of, forms_with
from .unfold import Piece, unfolded

__all__ = ["FORMS", "NOTHING", "Form", "Piece", "Told", "form_named", "form_of", "forms_with", "unfolded"]
