"""Estimation: what a sample of visits says about all members, with an interval, or that it says too little."""
