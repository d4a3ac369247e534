"""Planning: who is visited. The draw of a period, what the risk score says, and how visits are handed out."""
