"""Personal data: what is held for what, how long, how it goes; what people may ask; what is done after a breach."""
