"""Runs one service class on RabbitMQ or many in this process; the only place that knows Nameko, kombu and eventlet."""
