"""The pages of planning, a module for each group: draws, the risk score, hand-out."""
