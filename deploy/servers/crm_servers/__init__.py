"""Real servers on this machine: installed when missing, started on 127.0.0.1, ended with whoever started them."""
