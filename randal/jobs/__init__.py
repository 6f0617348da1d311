"""The outbox and who works on it: relay, wake-up, queues, workers and their signs of life."""
