The bank raised its rates.
