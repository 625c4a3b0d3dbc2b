"""The office box: reads telephone devices, keeps what happened, tells the cloud, sends and dials for it."""
