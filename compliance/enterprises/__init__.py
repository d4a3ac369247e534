"""Enterprises: the register of members, their workplaces and their pledges."""
