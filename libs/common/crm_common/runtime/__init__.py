"""Runs one service class on RabbitMQ or many in this process; the only place that knows Nameko, kombu and eventlet."""

import warnings

# Nameko rests on eventlet, whose notice of deprecation would greet every start of every process.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
