"""The blueprint that the modules of this page share."""

from flask import Blueprint

blueprint = Blueprint("voice", __name__)
