// Drawing on a photo at the desk.
